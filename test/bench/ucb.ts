/**
 * What one draw of counterexamples costs, by size of the pool: choosing 3 of the top 5 % and counting them. Run with
 * `node test/bench/ucb.ts`. Nothing is asserted; the table is for eyes.
 */
import { randomFrom } from '../../engine/declare/index.ts'
import { ucbPool } from '../../services/augment-instruction/ucb-pool.ts'

const draws = 2_000
const column = (figure: number) => Math.round(figure).toLocaleString('en').padStart(12)

console.log('        pool    ns a draw   ns to add a pair   different counts')
for (const size of [60, 1_000, 10_000, 100_000, 1_000_000]) {
  const random = randomFrom(`pool of ${size}`)
  const pool = ucbPool()
  const ids: string[] = []
  const addingSince = performance.now()
  for (let i = 0; i < size; i++) {
    const id = `${Math.floor(random() * 2 ** 32).toString(16)}-${i}`
    ids.push(id)
    pool.add({ id, responseTokens: 20 + Math.floor(random() * 2_000) })
  }
  const addMs = performance.now() - addingSince
  // A history: most were shown a few times, some often.
  for (const id of ids) for (let shown = Math.floor(-4 * Math.log(1 - random())); shown > 0; shown--) pool.count(id, 1)

  const drawingSince = performance.now()
  for (let i = 0; i < draws; i++) for (const { id } of pool.draw(3, random)) pool.count(id, 1)
  const drawMs = performance.now() - drawingSince
  const counts = new Set(ids.map(id => pool.shown(id))).size
  console.log(`${column(size)} ${column((drawMs * 1e6) / draws)} ${column((addMs * 1e6) / size)} ${column(counts)}`)
}
