/**
 * `desk pkcs11 serve`: holds a token for the office that started it, for one run of signing. A process of its own, so that
 * the maker's driver can neither block nor end the office, and so that log-in and PIN are gone with it.
 */
import { SigningError } from '../../core/signing/errors.ts'
import { listTokens, openPkcs11 } from '../../core/signing/keys/pkcs11.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import { type TokenAnswer, TokenRequest } from '../services/token-protocol.ts'
import type { CommandIo } from './command.ts'

export async function serveToken(io: CommandIo): Promise<void> {
  let key: SigningKey | undefined
  const act = async (request: TokenRequest): Promise<unknown> => {
    switch (request.do) {
      case 'list':
        return listTokens(request.modulePath, request.pin)
      case 'open':
        key?.wipe()
        key = await openKey(request)
        return {
          certificate: base64(key.certificate),
          chain: key.chain.map(base64),
          algorithm: key.algorithm,
        }
      case 'sign':
        if (key === undefined) throw new SigningError('KEY_NOT_FOUND', 'No key was opened')
        return { signature: base64(await key.sign(Buffer.from(request.data, 'base64'))) }
    }
  }
  // One after the other: a second request must not overtake the log-in.
  let tail: Promise<void> = Promise.resolve()
  io.onLine((line) => {
    const request = TokenRequest.parse(JSON.parse(line))
    tail = tail.then(async () => io.print(JSON.stringify(await answerOf(request.id, () => act(request)))))
  })
  await new Promise<void>((resolve) => {
    if (io.ended.aborted) resolve()
    io.ended.addEventListener('abort', () => resolve(), { once: true })
  })
  await tail
  key?.wipe()
}

function openKey(request: TokenRequest & { readonly do: 'open' }): Promise<SigningKey> {
  const { modulePath, tokenLabel, tokenSerial, keyId, keyLabel } = request.place
  return openPkcs11({
    modulePath,
    tokenLabel,
    tokenSerial,
    pin: request.pin,
    ...(keyId === '' ? { keyLabel } : { keyId }),
  })
}

async function answerOf(id: number, act: () => Promise<unknown>): Promise<TokenAnswer> {
  try {
    return { id, ok: true, value: await act() }
  } catch (error) {
    if (error instanceof SigningError) return { id, ok: false, code: error.code, data: { ...error.data } }
    throw error
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
