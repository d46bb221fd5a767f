/** The rehearsal model: an OpenAI-compatible server that answers by rules, for trying everything without a GPU. */

export { type Fault, type FaultAction, faultActions, faultSchema, parseFaults } from './faults/faults.ts'
export type { Call } from './http/calls.ts'
export { startRehearsalModel } from './http/server.ts'
export {
  type RehearsalModel,
  type RehearsalOptions,
  type RehearsalStats,
  rehearsalChatModel,
  rehearsalEmbeddingModel
} from './options.ts'
