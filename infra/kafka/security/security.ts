import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrokerState } from '../state.ts'
import { authority, brokerKeystore, type KeyPair, signed } from './certificates.ts'
import { administrator, type Passwords, readPasswords, usersFile, withPasswords } from './users.ts'

/** How clients reach a cluster that has users. */
export interface SecuredListeners {
  /** SASL_SSL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, over TLS. */
  readonly saslBootstrap: string
  /** SSL that asks for a certificate: see `clientCertificate`. */
  readonly tlsBootstrap: string
  /** The authority that clients must trust, PEM. */
  readonly authorityFile: string
  /** `admin` and its password among them. Also in this file, which its owner alone may read. */
  readonly passwords: Passwords
  readonly usersFile: string
  /** A certificate for a user, made the first time. */
  clientCertificate(user: string): KeyPair
}

const securityFolder = (data: string): string => join(data, 'security')

export function securedListeners(data: string, brokers: readonly BrokerState[]): SecuredListeners {
  const folder = securityFolder(data)
  const bootstrap = (port: 'saslPort' | 'tlsPort') => brokers.map(broker => `127.0.0.1:${broker[port]}`).join()
  return {
    saslBootstrap: bootstrap('saslPort'),
    tlsBootstrap: bootstrap('tlsPort'),
    authorityFile: authority(folder).certificateFile,
    passwords: readPasswords(folder),
    usersFile: usersFile(folder),
    clientCertificate: user => signed(folder, 'client', user)
  }
}

/** Which of these users the cluster does not know yet. */
export const newUsers = (data: string, names: readonly string[]): string[] =>
  names.filter(name => !(name in readPasswords(securityFolder(data))))

/** Makes users and certificates where they are missing. @returns the brokers' settings for them. */
export function secureSettings(data: string, names: readonly string[]): Readonly<Record<string, string>> {
  const folder = securityFolder(data)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const plainUsers = Object.entries(withPasswords(folder, names)).map(
    ([user, password]) => `user_${user}="${password}"`
  )
  const modules = 'org.apache.kafka.common.security'
  const scram = `${modules}.scram.ScramLoginModule required;`
  return {
    'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl.plain.sasl.jaas.config': `${modules}.plain.PlainLoginModule required ${plainUsers.join(' ')};`,
    'listener.name.sasl.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': scram,
    'listener.name.tls.ssl.client.auth': 'required',
    // The user of a client certificate is its CN.
    'listener.name.tls.ssl.principal.mapping.rules': 'RULE:^CN=([^,]+).*$/$1/,DEFAULT',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': brokerKeystore(folder),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authority(folder).certificateFile,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'false',
    // The brokers among themselves, and whoever administers on this machine without a password.
    'super.users': `User:ANONYMOUS;User:${administrator}`
  }
}
