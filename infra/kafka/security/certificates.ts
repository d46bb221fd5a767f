import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LocalKafkaError } from '../errors.ts'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificateFile: string
  readonly keyFile: string
}

const settings = `[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[broker]
subjectAltName = IP:127.0.0.1, DNS:localhost
extendedKeyUsage = serverAuth, clientAuth
[client]
extendedKeyUsage = clientAuth
`

/** Ten years: a data folder may be kept, and its authority is trusted by those alone who name its file. */
const days = '3650'

/** The authority of this folder, made the first time. @throws LocalKafkaError without openssl. */
export function authority(folder: string): KeyPair {
  const pair = pairIn(folder, 'authority')
  if (existsSync(pair.certificateFile)) return pair
  const subject = ['-subj', '/CN=fanno local authority', '-days', days, '-extensions', 'authority']
  withSettings(folder, config =>
    openssl(['req', '-x509', ...newKey(pair), '-config', config, ...subject, '-out', pair.certificateFile])
  )
  return pair
}

/** A certificate that the authority of this folder has signed, made the first time. `name` is its CN. */
export function signed(folder: string, kind: 'broker' | 'client', name: string): KeyPair {
  const issuer = authority(folder)
  const pair = pairIn(folder, kind === 'broker' ? 'broker' : `client-${name}`)
  if (existsSync(pair.certificateFile)) return pair
  const request = `${pair.certificateFile}.request`
  const serial = `0x${randomBytes(15).toString('hex')}`
  withSettings(folder, config => {
    openssl(['req', '-new', ...newKey(pair), '-config', config, '-subj', `/CN=${name}`, '-out', request])
    const signing = ['-CA', issuer.certificateFile, '-CAkey', issuer.keyFile, '-set_serial', serial, '-days', days]
    const extensions = ['-sha256', '-extfile', config, '-extensions', kind]
    openssl(['x509', '-req', '-in', request, ...signing, ...extensions, '-out', pair.certificateFile])
  })
  rmSync(request)
  return pair
}

/** Key and certificate in one file, as Kafka wants them. */
export function brokerKeystore(folder: string): string {
  const { certificateFile, keyFile } = signed(folder, 'broker', 'localhost')
  const keystore = join(folder, 'broker-keystore.pem')
  const both = `${readFileSync(keyFile, 'utf8')}${readFileSync(certificateFile, 'utf8')}`
  writeFileSync(keystore, both, { mode: 0o600 })
  return keystore
}

const pairIn = (folder: string, name: string): KeyPair => ({
  certificateFile: join(folder, `${name}.pem`),
  keyFile: join(folder, `${name}.key`)
})

const newKey = ({ keyFile }: KeyPair): string[] => ['-newkey', 'rsa:2048', '-sha256', '-nodes', '-keyout', keyFile]

/** Settings of our own: those of the system differ from one to the next. */
function withSettings(folder: string, use: (config: string) => void): void {
  const config = join(folder, 'openssl.cnf')
  writeFileSync(config, settings)
  use(config)
}

function openssl(parameters: readonly string[]): void {
  const { error, status, stderr } = spawnSync('openssl', parameters, { encoding: 'utf8' })
  if (error)
    throw new LocalKafkaError(
      `openssl cannot be started. --sasl needs it to create certificates. On Debian and Ubuntu: apt-get install openssl`,
      69,
      error
    )
  if (status !== 0) throw new LocalKafkaError(`openssl ${parameters[0]} failed:\n${stderr.trim()}`)
}
