import { InferenceError } from '../errors.ts'

const mostAsks = 3

/**
 * Asks what a whole run rests on: one reply that is garbled, or a failure, may be nothing but bad weather. Two more say
 * the same at once where it is the server's way; what it refuses in so many words, and outages, are not asked again here.
 * @throws the error of the last try.
 */
export async function askedAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let asks = 1; ; asks++) {
    try {
      return await ask()
    } catch (error) {
      if (asks === mostAsks || !mayBeWeather(error)) throw error
    }
  }
}

/** With a status, it was an answer of a sort: 200 where the body is cut or no JSON. */
const mayBeWeather = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  (error instanceof InferenceError &&
    (error.kind === 'semantic' || (error.kind === 'server-dead' && (error.status === 200 || error.status === 500))))
