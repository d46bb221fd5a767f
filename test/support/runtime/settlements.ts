import type { Settlement } from '../../../engine/runtime/record/settlement.ts'

/** The settlement of an offset with that many outputs. */
export const aSettlement = (offset: number, records = 1, bytes = 10, more: Partial<Settlement> = {}): Settlement => ({
  offset,
  kind: 'emitted',
  reason: '',
  error: '',
  emitted: records,
  bytes,
  outputs: Array.from({ length: records }, () => ({ topic: 't', partition: 0, key: null, value: null, headers: {} })),
  ...more
})
