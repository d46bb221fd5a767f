/** The rehearsal model: an OpenAI-compatible server that answers by rules, for trying everything without a GPU. */

export type { Call } from './calls.ts'
export { type Fault, type FaultAction, faultActions, faultSchema, parseFaults } from './faults/faults.ts'
export { startRehearsalModel } from './http/server.ts'
export {
  type RehearsalModel,
  type RehearsalOptions,
  type RehearsalStats,
  rehearsalChatModel,
  rehearsalEmbeddingModel
} from './options.ts'
