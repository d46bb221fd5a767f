/** What a pipeline is made of. The logs are apart, so that a client is loaded only where it is used: `./log/embedded`, `./log/kafka`. */
export * from './declare/index.ts'
export * from './inference/errors.ts'
export {
  type AliasOptions,
  createInference,
  type InferenceOptions,
  type InferenceService
} from './inference/inference.ts'
export { type Codec, createCodec } from './log/codec.ts'
export { isLogError, LogError } from './log/errors.ts'
export type * from './log/port.ts'
export { type PipelineLog, type ReadRange, readDecoded, readRecords, readValues } from './log/read.ts'
export { writeValues } from './log/write.ts'
export { Halt } from './runtime/ground/halt.ts'
export type { RuntimeLimits } from './runtime/ground/limits.ts'
export { ConfigurationChanged, judgeConfigurations } from './runtime/process/configuration-change.ts'
export {
  asksOf,
  type Pipeline,
  type PipelineOptions,
  type StageProgress,
  startPipeline
} from './runtime/process/pipeline.ts'
export { type PipelineTopic, prepareTopics, topicsOf } from './runtime/process/topics.ts'
export type { AvroObject, SchemaSource } from './schemas/load.ts'
export type { Call, Configuration, DeadLetter, Lineage, Rejection as RejectionRecord, Step } from './schemas/types.ts'
