import type { Configuration, DeadLetter, Rejection } from '../../../schemas/types.ts'
import { defineTopic } from '../../declare/index.ts'

/** The topics that every pipeline has, whatever its stages. */
export const rejections = defineTopic<Rejection>({ records: 'rejections', schema: 'rejection' })
export const deadLetters = defineTopic<DeadLetter>({ records: 'dead-letters', schema: 'dead-letter' })
export const configurations = defineTopic<Configuration>({
  records: 'configurations',
  schema: 'configuration',
  partitions: 'single',
  audience: 'private',
  id: ({ hash, stage, partition }) => `${hash}/${stage}/${partition}`
})

export const engineTopics = [rejections, deadLetters, configurations] as const
