import type { Fault } from '../faults/faults.ts'
import { rehearsalChatModel, rehearsalEmbeddingModel } from '../options.ts'
import { json, type Reply } from './reply.ts'

/** The list of models. By `fanno_rehearsal: true` a pipeline learns that what it makes is for rehearsal only. */
export function listModels(fault: Fault | undefined, maxModelLen: number): Reply {
  const suffix = fault?.do === 'other-model' ? '-b' : ''
  const data = [rehearsalChatModel, rehearsalEmbeddingModel].map(name => ({
    id: `${name}${suffix}`,
    object: 'model',
    created: 0,
    owned_by: 'fanno-rehearsal',
    fanno_rehearsal: true,
    max_model_len: maxModelLen
  }))
  return json(200, { object: 'list', data })
}
