import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'

/** A destination of text that is written piece by piece. */
export interface TextSink {
  write(text: string): Promise<void>
  /** All was written: makes it visible. */
  finish(): Promise<void>
  /** Something went wrong: leaves nothing behind. */
  discard(): Promise<void>
}

/** A file that appears under its name only when it is whole: until then it is another one beside it. */
export async function openTextFile(path: string): Promise<TextSink> {
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}.unfinished`
  const stream = createWriteStream(unfinished, { flush: true })
  // An error is thrown where it is waited for.
  const ended = finished(stream)
  ended.catch(() => {})
  const sink = textSink(stream, ended)
  return {
    write: sink.write,
    async finish() {
      stream.end()
      await ended
      await rename(unfinished, path)
    },
    async discard() {
      stream.destroy()
      await ended.catch(() => {})
      await rm(unfinished, { force: true })
    }
  }
}

/** A stream that was there before and stays open, such as standard output. */
export function textSink(stream: NodeJS.WritableStream, ended?: Promise<void>): TextSink {
  return {
    async write(text) {
      if (stream.write(text)) return
      await (ended ? Promise.race([once(stream, 'drain'), ended]) : once(stream, 'drain'))
    },
    finish: async () => {},
    discard: async () => {}
  }
}
