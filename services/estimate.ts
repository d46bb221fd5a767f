/**
 * What a run over documents will come to, as intervals: from the bytes that there are and a sample that was cut into
 * passages. It prints nothing, and knows no file and no clock.
 */
export interface Interval {
  readonly least: number
  readonly most: number
}

export interface Sampled {
  /** Of one document, as it lies on the disk. */
  readonly bytes: number
  readonly passages: number
}

export interface Plan {
  readonly passages: Interval
  readonly calls: Interval
}

export interface PlanSettings {
  readonly seedPassages: number
  readonly seedEvery: number
  readonly cellsPerSeed: number
}

/** A sample of some dozens says little of the rest: nothing is promised more narrowly than this. */
const leastSpread = 0.35

/** Passages of documents of so many bytes: the ratio of the sample, with twice its standard error or a third, whichever is more. */
export function passagesOf(bytes: number, sample: readonly Sampled[]): Interval {
  const sampledBytes = sample.reduce((sum, each) => sum + each.bytes, 0)
  if (sampledBytes === 0) return { least: 0, most: 0 }
  const ratio = sample.reduce((sum, each) => sum + each.passages, 0) / sampledBytes
  // Standard error of a ratio estimate (Cochran, Sampling Techniques, 6.4); none is left where all were sampled.
  const rest = Math.max(0, 1 - sampledBytes / Math.max(bytes, sampledBytes))
  const squares = sample.reduce((sum, each) => sum + (each.passages - ratio * each.bytes) ** 2, 0)
  const n = sample.length
  const error = n < 2 ? ratio : (Math.sqrt(squares / (n - 1)) * Math.sqrt(n)) / sampledBytes
  const spread = rest * Math.max(2 * error, leastSpread * ratio)
  return { least: Math.floor(bytes * Math.max(0, ratio - spread)), most: Math.ceil(bytes * (ratio + spread)) }
}

/** Shares of records that pass, at worst and at best. What a teacher turns down is not known before it is asked. */
const shares = {
  screened: { least: 0.5, most: 1 },
  representative: { least: 0.6, most: 1 },
  drafted: { least: 0.8, most: 1 },
  lawful: { least: 0.6, most: 1 },
  vetted: { least: 0.6, most: 1 },
  admitted: { least: 0.85, most: 1 },
  answered: { least: 0.75, most: 1 }
} as const

/** Calls to models for so many passages, each question once: screening, embedding, writing, vetting, answering, judging. */
export function planOf(passages: Interval, settings: PlanSettings): Plan {
  const callsAt = (count: number, bound: keyof Interval): number => {
    const screened = count * shares.screened[bound]
    const representatives = screened * shares.representative[bound]
    const { seedPassages, seedEvery, cellsPerSeed } = settings
    const first = Math.min(representatives, seedPassages)
    const seeds = first + Math.floor((representatives - first) / seedEvery)
    const asked = seeds * cellsPerSeed + (representatives - seeds)
    const drafts = asked * shares.drafted[bound]
    const lawful = drafts * shares.lawful[bound]
    const vetted = lawful * shares.vetted[bound]
    const admitted = vetted * shares.admitted[bound]
    const answered = admitted * shares.answered[bound]
    return Math.round(2 * count + screened + asked + 4 * lawful + vetted + admitted + answered)
  }
  return { passages, calls: { least: callsAt(passages.least, 'least'), most: callsAt(passages.most, 'most') } }
}
