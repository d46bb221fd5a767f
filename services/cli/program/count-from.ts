import { CommandError, exitCodes } from '../ending/exit-codes.ts'

/** @throws CommandError unless the text is a whole number of at least 1. */
export function countFrom(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new CommandError(exitCodes.usage, `${flag} ${text}: must be a whole number of at least 1`)
}
