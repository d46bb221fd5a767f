/** The trace context of W3C Trace Context, level 1, version 00: which span, of which trace, and whether it is recorded. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string
  /** 16 of them, not all zero. */
  readonly spanId: string
  /** Bit 0: sampled. From 0 to 255. */
  readonly flags: number
}

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

/** Undefined for what is no valid `traceparent` of version 00: whoever gets it begins a trace of its own. */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const [, traceId, spanId, flags] = pattern.exec(text ?? '') ?? []
  return flags === undefined ? undefined : { traceId: traceId!, spanId: spanId!, flags: Number.parseInt(flags, 16) }
}

export const formatTraceparent = ({ traceId, spanId, flags }: TraceContext): string =>
  `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`

export const isSampled = ({ flags }: TraceContext): boolean => (flags & 1) === 1
