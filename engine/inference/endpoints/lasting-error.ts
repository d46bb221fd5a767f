import { InferenceError } from '../errors.ts'

/** What no waiting mends, by the code that Node gives, or the name of the error where it gives none, and what to do about it. */
const lasting: readonly { readonly code: RegExp; readonly remedy: string }[] = [
  {
    code: /^ENOTFOUND$/,
    remedy: 'The host was not found. Check the host name in the base URL.'
  },
  {
    code: /^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|ERR_SSL_TLSV1_UNRECOGNIZED_NAME)$/,
    remedy: 'The server does not use TLS on this port. Check whether the base URL should begin with http://.'
  },
  {
    code: /^(?:ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$)/,
    remedy:
      'The TLS handshake failed. Check the server certificate and the host in the base URL. To add CA certificates, set NODE_EXTRA_CA_CERTS to a file.'
  },
  {
    code: /^(?:HPE_|HTTPParserError$)/,
    remedy:
      'The server does not use HTTP on this port, or requires TLS. Check the port, and whether the base URL should begin with https://.'
  }
]

/** fetch refuses some ports (those of mail, for example), without a code. */
const badPort = 'bad port'

/**
 * The error as configuration, when it is one that lasts: an address that leads to no server of this kind. Only of an
 * endpoint that never answered: later, a name that is not found is an outage of the name service.
 */
export function lastingError(error: InferenceError): InferenceError | undefined {
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    const { name, message, code = name } = cause as Error & { code?: string }
    const found = lasting.find(each => each.code.test(code))
    const remedy =
      found?.remedy ?? (message === badPort ? 'HTTP clients block this port. Check the base URL.' : undefined)
    if (remedy !== undefined) return new InferenceError('configuration', `${error.message}.`, { cause: error, remedy })
  }
  return undefined
}
