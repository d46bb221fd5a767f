import { LogError } from '../../errors.ts'

/** Something on the disk that is not as it was written. */
export type Damage =
  | { readonly kind: 'file'; readonly file: string; readonly problem: string }
  /** A page of `data.mdb`, by its number. */
  | { readonly kind: 'page'; readonly page: number; readonly problem: string }
  /** Records with from <= offset < to. The topic is its number where its name is lost. */
  | {
      readonly kind: 'records'
      readonly topic: string
      readonly partition: number
      readonly from: number
      readonly to: number
      readonly problem: string
    }
  /** Another value: a position, a schema, … */
  | { readonly kind: 'value'; readonly table: string; readonly key: string; readonly problem: string }

export function damageText(damage: Damage): string {
  switch (damage.kind) {
    case 'file':
      return `${damage.file}: ${damage.problem}`
    case 'page':
      return `page ${damage.page} of data.mdb: ${damage.problem}`
    case 'records': {
      const { topic, partition, from, to, problem } = damage
      return to === from + 1
        ? `record ${topic}/${partition}/${from}: ${problem}`
        : `records ${topic}/${partition}/${from} to ${to - 1}: ${problem}`
    }
    case 'value':
      return `${damage.key} in ${damage.table}: ${damage.problem}`
  }
}

/** What was found, up to a number that a person or a program may still want to read. */
export class DamageList {
  readonly listed: Damage[] = []
  #more = 0
  add(damage: Damage): void {
    if (this.listed.length < longest) this.listed.push(damage)
    else this.#more += 1
  }
  /** Found beyond those listed. */
  get more(): number {
    return this.#more
  }
  get isEmpty(): boolean {
    return this.listed.length === 0
  }
}

/** Of `log.json`, which holds nothing that `data.mdb` does not hold too. */
export const damagedHeader = 'its content is corrupt. If nothing else is damaged, delete it: it is recreated'

const longest = 10_000
const told = 5

export function damagedLog(dir: string, { listed, more }: DamageList): LogError {
  const unlisted = listed.length - told + more
  const lines = listed.slice(0, told).map(damage => `  ${damageText(damage)}`)
  if (unlisted > 0) lines.push(`  and ${unlisted} more`)
  return new LogError('log-damaged', `the log in ${dir} is damaged:\n${lines.join('\n')}`)
}
