import { defineTopic } from '../../declare/index.ts'
import { engineSchemas } from '../../schemas/load.ts'
import type { Configuration, DeadLetter, Rejection } from '../../schemas/types.ts'

/** The topics that every pipeline has, whatever its stages. */
export const rejections = defineTopic<Rejection>({
  records: 'rejections',
  schema: new URL('rejection.avsc', engineSchemas)
})
export const deadLetters = defineTopic<DeadLetter>({
  records: 'dead-letters',
  schema: new URL('dead-letter.avsc', engineSchemas)
})
export const configurations = defineTopic<Configuration>({
  records: 'configurations',
  schema: new URL('configuration.avsc', engineSchemas),
  partitions: 'single',
  audience: 'private',
  id: ({ hash, stage, partition }) => `${hash}/${stage}/${partition}`
})

export const engineTopics = [rejections, deadLetters, configurations] as const
