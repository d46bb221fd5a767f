import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { LocalKafkaError } from '../errors.ts'
import { callBroker } from '../net/wire.ts'

/** As the Kafka protocol numbers them; the hash is that of RFC 5802 and RFC 7677. */
const mechanisms = [
  { number: 1, hash: 'sha256', bytes: 32 },
  { number: 2, hash: 'sha512', bytes: 64 }
] as const

/** The fewest that Kafka takes. The passwords are 144 random bits, which no number of iterations makes better. */
const iterations = 4_096

/**
 * Gives the users of a cluster their passwords for SCRAM-SHA-256 and SCRAM-SHA-512, with AlterUserScramCredentials on
 * the listener without authentication. Kafka's own tool would take a second of Java, and passwords on its command line.
 * @throws LocalKafkaError when the broker refuses one.
 */
export async function setScramPasswords(port: number, passwords: Readonly<Record<string, string>>): Promise<void> {
  // A request may name each user once, whatever the mechanism.
  for (const { number, hash, bytes } of mechanisms) {
    const upserts = Object.entries(passwords).map(([user, password]) => {
      const salt = randomBytes(16)
      const salted = pbkdf2Sync(password, salt, iterations, bytes, hash)
      const fixed = Buffer.alloc(5)
      fixed.writeInt8(number, 0)
      fixed.writeInt32BE(iterations, 1)
      return Buffer.concat([compact(Buffer.from(user)), fixed, compact(salt), compact(salted), noTags])
    })
    const nothingDeleted = varint(1)
    const body = Buffer.concat([nothingDeleted, varint(upserts.length + 1), ...upserts, noTags])
    const answer = await callBroker(port, { apiKey: 51, version: 0, flexible: true, body }, deadlineMs)
    const refused = answer ? refusals(answer) : [`no answer in ${deadlineMs / 1000} s`]
    if (refused.length > 0)
      throw new LocalKafkaError(`The broker does not take the passwords of users: ${refused.join(', ')}`)
  }
}

const deadlineMs = 10_000

/** After four bytes of throttle time: for each user its name, an error code, a text or null, tags. */
function refusals(answer: Buffer): string[] {
  const refused: string[] = []
  let at = 4
  const length = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = answer.readUInt8(at++)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value - 1
    }
  }
  for (let left = length(); left > 0; left--) {
    const name = length()
    const user = answer.toString('utf8', at, at + name)
    at += name
    const code = answer.readInt16BE(at)
    at += 2
    const explanation = length()
    at += Math.max(0, explanation) + 1
    if (code !== 0) refused.push(`${user} (error ${code})`)
  }
  return refused
}

const noTags = Buffer.alloc(1)

/** Lengths are written one greater: zero stands for null. */
const compact = (bytes: Buffer): Buffer => Buffer.concat([varint(bytes.length + 1), bytes])

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}
