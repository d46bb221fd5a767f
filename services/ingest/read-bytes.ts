import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Source } from './sources.ts'

/**
 * Inflated bytes for each compressed one above which a file is held to be a bomb. Text seldom exceeds 20; deflate can
 * do 1,032.
 */
export const maxInflation = 200
/** Up to this many inflated bytes any ratio is harmless. */
const harmlessBytes = 16 * 1024 * 1024

/** A source is not what it says it is. What was read before stays ingested. */
export class SourceProblem extends Error {
  override readonly name = 'SourceProblem'
}

/**
 * The bytes of a source, inflated where it is compressed, as a stream that is read no faster than it is consumed.
 * @throws SourceProblem for a compression bomb or broken compression; the system's error for what cannot be read.
 */
export async function* bytesOf(source: Source, stdin: Readable, signal?: AbortSignal): AsyncGenerator<Buffer> {
  if (source.path === undefined) {
    yield* untilAborted(stdin, signal)
    return
  }
  const file = createReadStream(source.path, { highWaterMark: 256 * 1024 })
  if (!source.compressed) {
    for await (const chunk of file) yield chunk as Buffer
    return
  }
  // pipeline hands an error of the file on to the reader, and closes the file when the reader leaves early.
  const inflated = pipeline(file, createGunzip(), () => {})
  let bytes = 0
  try {
    for await (const chunk of inflated) {
      bytes += (chunk as Buffer).length
      if (bytes > harmlessBytes && bytes > maxInflation * file.bytesRead) {
        const ratio = Math.round(bytes / file.bytesRead)
        throw new SourceProblem(
          `a compression bomb: ${file.bytesRead} bytes inflate to more than ${ratio} times as many`
        )
      }
      yield chunk as Buffer
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code?.startsWith('Z_')) throw new SourceProblem(`not sound gzip after ${bytes} inflated bytes: ${message}`)
    throw error
  } finally {
    file.destroy()
  }
}

/** A stream that may have nothing to say for hours: the signal ends it, without an error. */
async function* untilAborted(stream: Readable, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const end = () => stream.destroy()
  signal?.addEventListener('abort', end)
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    signal?.removeEventListener('abort', end)
  }
}
