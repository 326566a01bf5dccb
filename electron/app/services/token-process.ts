/** The office's side of a token: one process (`desk pkcs11 serve`) for one run of signing; it ends with the run. */
import { z } from 'zod'
import { SigningError, type SigningErrorCode } from '../../core/signing/errors.ts'
import type { SigningKey } from '../../core/signing/keys/signing-key.ts'
import type { RunningProgram, StartProgram } from '../host-services.ts'
import {
  ListedToken,
  OpenedKey,
  Signed,
  TokenAnswer,
  type TokenPlace,
  type TokenRequest,
} from './token-protocol.ts'

/** A card reader may ask the person to touch it or to type at its own keys; a dead driver must not hold the run for ever. */
const ANSWER_WITHIN_MS = 60_000

/** Codes a token's process may answer with; anything else is a bug there. */
const CODES: readonly SigningErrorCode[] = [
  'TOKEN_UNAVAILABLE',
  'TOKEN_PIN_WRONG',
  'TOKEN_PIN_LOCKED',
  'KEY_NOT_FOUND',
  'KEY_ALGORITHM_REFUSED',
]

/**
 * Lists the tokens of a module with their certificates.
 * @param pin undefined: only what the token shows without log-in
 * @throws SigningError TOKEN_UNAVAILABLE | TOKEN_PIN_WRONG | TOKEN_PIN_LOCKED
 */
export async function listTokensOf(
  startProgram: StartProgram,
  modulePath: string,
  pin: string | undefined,
): Promise<readonly ListedToken[]> {
  const talk = startTalk(startProgram)
  try {
    return z.array(ListedToken).parse(await talk.ask({ do: 'list', modulePath, pin }))
  } finally {
    await talk.end()
  }
}

/**
 * Logs in and opens a key. The PIN goes through the pipe to the process and is kept nowhere; `wipe` ends the process.
 * @throws SigningError TOKEN_UNAVAILABLE | TOKEN_PIN_WRONG | TOKEN_PIN_LOCKED | KEY_NOT_FOUND | KEY_ALGORITHM_REFUSED
 * `sign` throws TOKEN_UNAVAILABLE when the token was taken out or its driver died.
 */
export async function openTokenKey(
  startProgram: StartProgram,
  place: TokenPlace,
  pin: string,
): Promise<SigningKey> {
  const talk = startTalk(startProgram)
  try {
    const { certificate, chain, algorithm } = OpenedKey.parse(await talk.ask({ do: 'open', place, pin }))
    return {
      certificate: fromBase64(certificate),
      chain: chain.map(fromBase64),
      algorithm,
      sign: async (data) => {
        const answer = await talk.ask({ do: 'sign', data: Buffer.from(data).toString('base64') })
        return fromBase64(Signed.parse(answer).signature)
      },
      wipe: () => void talk.end(),
    }
  } catch (error) {
    await talk.end()
    throw error
  }
}

type Question = TokenRequest extends infer R ? (R extends TokenRequest ? Omit<R, 'id'> : never) : never
type Talk = { readonly ask: (question: Question) => Promise<unknown>; readonly end: () => Promise<void> }
type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

function startTalk(startProgram: StartProgram): Talk {
  const program: RunningProgram = startProgram(['pkcs11', 'serve'])
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let isOver = false
  const gone = (reason: string) =>
    new SigningError('TOKEN_UNAVAILABLE', 'The process of the token does not answer', { data: { reason } })
  program.onLine((line) => {
    const answer = TokenAnswer.parse(JSON.parse(line))
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.ok) asked?.resolve(answer.value)
    else asked?.reject(errorOf(answer.code, answer.data))
  })
  void program.exited.then(() => {
    isOver = true
    for (const { reject } of waiting.values()) reject(gone('ended'))
    waiting.clear()
  })
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (isOver) {
          reject(gone('ended'))
          return
        }
        lastId += 1
        const id = lastId
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(gone('silent'))
          void program.stop()
        }, ANSWER_WITHIN_MS)
        const settled = (settle: () => void) => {
          clearTimeout(timer)
          settle()
        }
        waiting.set(id, {
          resolve: (value) => settled(() => resolve(value)),
          reject: (error) => settled(() => reject(error)),
        })
        program.send(JSON.stringify({ ...question, id }))
      }),
    end: () => program.stop(),
  }
}

function errorOf(code: string, data: Readonly<Record<string, string | number>>): Error {
  const known = CODES.find((candidate) => candidate === code)
  return known === undefined
    ? new Error(`The process of the token failed: ${code}`)
    : new SigningError(known, 'The token refused', { data })
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'))
}
