import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs'
import { LogError } from '../errors.ts'
import { ask } from './client/ask.ts'
import { administratorOf, type KafkaConnection } from './client/connection.ts'

const { ConfigResourceTypes } = kafkajs

/** A topic as it is. */
export interface ExistingTopic {
  readonly partitions: number
  readonly replicas: number
  /** Every setting of the topic, defaults included. */
  readonly settings: ReadonlyMap<string, string>
}

/** What is done to a cluster when it is set up, and not while stages run. */
export interface KafkaAdministration {
  /** Those of these names that there are. */
  describe(names: readonly string[]): Promise<ReadonlyMap<string, ExistingTopic>>
  create(topics: readonly ITopicConfig[]): Promise<void>
  /** Sets these settings of a topic, and leaves its others. */
  change(topic: string, settings: ReadonlyMap<string, string>): Promise<void>
  /** Deletes all topics and groups whose names begin so. @throws LogError `log-in-use` while a group has members. */
  removeAll(prefix: string): Promise<void>
  close(): Promise<void>
}

export async function administer(connection: KafkaConnection): Promise<KafkaAdministration> {
  const admin = await administratorOf(connection)
  return {
    describe: names => ask('the topics cannot be described', () => describe(admin, names)),
    create: async topics => {
      await ask('the topics cannot be created', () =>
        admin.createTopics({ topics: [...topics], waitForLeaders: false })
      )
    },
    change: async (topic, settings) => {
      // AlterConfigs replaces all that was set: what is not named here would fall back to its default.
      const before = await ask('the topics cannot be described', () => settingsOf(admin, [topic], isSet))
      const entries = new Map([...before.get(topic)!, ...settings])
      const configEntries = [...entries].map(([name, value]) => ({ name, value }))
      await ask(`${topic} cannot be changed`, () =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }]
        })
      )
    },
    removeAll: prefix => removeAll(admin, prefix),
    close: () => admin.disconnect()
  }
}

interface Entry {
  readonly configName: string
  readonly configValue: string
  readonly configSource: number
}

const dynamicTopicConfig = 1
const isSet = ({ configSource }: Entry): boolean => configSource === dynamicTopicConfig

async function settingsOf(
  admin: Admin,
  names: readonly string[],
  wanted: (entry: Entry) => boolean
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map(name => ({ type: ConfigResourceTypes.TOPIC, name }))
  })
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map((configEntries as Entry[]).filter(wanted).map(entry => [entry.configName, entry.configValue]))
    ])
  )
}

async function describe(admin: Admin, names: readonly string[]): Promise<ReadonlyMap<string, ExistingTopic>> {
  const { topics } = await admin.fetchTopicMetadata()
  const there = topics.filter(({ name }) => names.includes(name))
  if (there.length === 0) return new Map()
  const settings = await settingsOf(
    admin,
    there.map(({ name }) => name),
    () => true
  )
  return new Map(
    there.map(({ name, partitions }) => [
      name,
      {
        partitions: partitions.length,
        replicas: partitions[0]?.replicas.length ?? 0,
        settings: settings.get(name) ?? new Map()
      }
    ])
  )
}

async function removeAll(admin: Admin, prefix: string): Promise<void> {
  const { groups } = await ask('the groups cannot be listed', () => admin.listGroups())
  const ours = groups.map(({ groupId }) => groupId).filter(id => id.startsWith(prefix))
  if (ours.length > 0) {
    const { groups: described } = await ask('the groups cannot be described', () => admin.describeGroups(ours))
    const busy = described.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId)
    if (busy.length > 0) throw new LogError('log-in-use', `${busy.join(', ')} still has members. Stop them first`)
    await ask('the groups cannot be deleted', () => admin.deleteGroups(ours))
  }
  const topics = (await ask('the topics cannot be listed', () => admin.listTopics())).filter(name =>
    name.startsWith(prefix)
  )
  if (topics.length === 0) return
  await ask('the topics cannot be deleted', () => admin.deleteTopics({ topics }))
  // Until they are gone: whoever makes them anew would be told that they exist.
  await ask('the topics are still there', async () => {
    const left = (await admin.listTopics()).filter(name => topics.includes(name))
    if (left.length > 0) throw new Error(left.join(', '))
  })
}
