import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LocalKafkaError } from '../errors.ts'

/** May do everything. Any other user may do what an ACL allows. */
export const administrator = 'admin'

export const usersFile = (folder: string): string => join(folder, 'users.json')

/** Names and passwords of the users of a cluster. */
export type Passwords = Readonly<Record<string, string>>

export function readPasswords(folder: string): Passwords {
  try {
    return JSON.parse(readFileSync(usersFile(folder), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/** Gives each new name a random password. Those that have one keep it. */
export function withPasswords(folder: string, names: readonly string[]): Passwords {
  const passwords: Record<string, string> = { ...readPasswords(folder) }
  for (const name of [administrator, ...names]) {
    // Also the name of a file, and part of a setting in quotation marks.
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
      throw new LocalKafkaError(`A user's name is 1 to 64 letters, digits, dots, dashes and underscores: ${name}`, 2)
    passwords[name] ??= randomBytes(18).toString('base64url')
  }
  writeFileSync(usersFile(folder), `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 })
  return passwords
}
