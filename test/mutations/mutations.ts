/** A rule of the promise, the change that breaks it, and the tests that must notice. */
export interface Mutation {
  readonly breaks: string
  readonly file: string
  /** Stands once in the file. */
  readonly from: string
  readonly to: string
  readonly tests: readonly string[]
}

export const mutations: readonly Mutation[] = [
  {
    breaks: 'fencing: every owner has a transactional id of its own',
    file: 'engine/log/kafka/group/membership.ts',
    from: 'const transactionalId = `',
    to: 'const transactionalId = performance.now() + `',
    tests: ['test/contract/log.kafka.test.ts']
  },
  {
    breaks: 'take-over: the position is read before the last owner is fenced',
    file: 'engine/log/kafka/group/membership.ts',
    from: `    await producer.connect()
    await (await producer.transaction()).abort()
    return (await parts.positionOf(group, topic, partition))?.commit`,
    to: `    const position = (await parts.positionOf(group, topic, partition))?.commit
    await producer.connect()
    await (await producer.transaction()).abort()
    return position`,
    tests: ['test/contract/log.kafka.test.ts', 'test/regression/kafka/ownership-is-never-shared.kafka.test.ts']
  },
  {
    breaks: 'handover: a partition is taken from a living member that still settles it',
    file: 'engine/log/kafka/group/membership.ts',
    from: '    await handedOver(partition)\n    for (;;) {',
    to: '    for (;;) {',
    tests: ['test/regression/kafka/scaling-repeats-answered-calls.kafka.test.ts']
  },
  {
    breaks: 'aborted records: the filter lets them through',
    file: 'engine/log/kafka/client/aborted-records.ts',
    from: 'return !(inTransaction && aborting.has(producerId))',
    to: 'return true',
    tests: ['test/regression/kafka/aborted-records-never-delivered.kafka.test.ts']
  },
  {
    breaks: 'settled prefix: the position is the greatest settled offset',
    file: 'engine/runtime/commit/window.ts',
    from: 'return { offset: next.#base,',
    to: 'return { offset: Math.max(next.#base, ...[...offsets].map(offset => offset + 1)),',
    tests: ['test/unit/runtime/simulation.test.ts']
  },
  {
    breaks: 'settled offsets beyond the position: forgotten at take-over',
    file: 'engine/runtime/partition/take-over.ts',
    from: 'new SettledWindow(commit.offset, settled.offsets())',
    to: 'new SettledWindow(commit.offset)',
    tests: ['test/unit/runtime/simulation.test.ts']
  },
  {
    breaks: 'unknown outcome: taken for committed',
    file: 'engine/runtime/commit/committer.ts',
    from: "if (same(this.#owner.commitAtTake, attempted)) return { status: 'committed' }",
    to: "return { status: 'committed' }",
    tests: ['test/unit/runtime/simulation.test.ts']
  },
  {
    breaks: 'damage: the checksum of a record is not looked at',
    file: 'engine/log/embedded/format/sealed-record.ts',
    from: 'return crc32(sealed.subarray(0, end)) === sealed.readUInt32BE(end)',
    to: 'return end > 0',
    tests: ['test/contract/embedded-damage.test.ts']
  },
  {
    breaks: 'damage: lmdb may follow pages that are damaged',
    file: 'engine/log/embedded/open.ts',
    from: 'if (!damage.isEmpty) throw damagedLog(dir, damage)',
    to: 'void damagedLog(dir, damage)',
    tests: ['test/regression/damaged-log-says-so.test.ts']
  },
  {
    breaks: 'damage: a log that lost its file is begun anew',
    file: 'engine/log/embedded/opening.ts',
    from: "if (header === 'none' && !existsSync(dataFile(dir))) {",
    to: 'if (!existsSync(dataFile(dir))) {',
    tests: ['test/contract/embedded-header.test.ts']
  }
]
