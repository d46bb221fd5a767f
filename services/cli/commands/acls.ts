import { type Access, accessOf } from '../../cluster/access.ts'

/** Prints what each user needs at the brokers: as commands of Kafka's own tool, or as JSON. */
export function acls(pipeline: string, json: boolean, write: (text: string) => void): void {
  const all = accessOf(pipeline)
  write(json ? `${JSON.stringify(all)}\n` : `${all.map(command).join('\n')}\n`)
}

const flags = { topic: '--topic', group: '--group', 'transactional-id': '--transactional-id' } as const

/** As Kafka's tool spells them. */
const operations = {
  read: 'Read',
  write: 'Write',
  describe: 'Describe',
  create: 'Create',
  delete: 'Delete',
  'describe-configs': 'DescribeConfigs',
  'alter-configs': 'AlterConfigs'
} as const

const command = ({ user, resource, name, pattern, operation }: Access): string =>
  [
    'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --add',
    `--allow-principal User:${user}`,
    `--operation ${operations[operation]}`,
    `${flags[resource]} '${name}'`,
    ...(pattern === 'prefixed' ? ['--resource-pattern-type prefixed'] : [])
  ].join(' ')
