/** Seeded mutations of PDFs, and a reading of everything the engine can read, for fuzzing. */
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { SigningError } from '../../../../../../electron/core/signing/errors.ts'
import { readDss } from '../../../../../../electron/core/signing/pdf/dss.ts'
import { permissionsOfFile } from '../../../../../../electron/core/signing/pdf/mdp.ts'
import { pageBox, pageRotation } from '../../../../../../electron/core/signing/pdf/page-tree.ts'
import { preflight } from '../../../../../../electron/core/signing/pdf/preflight.ts'
import { prepareSignature } from '../../../../../../electron/core/signing/pdf/prepare-signature.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { repair } from '../../../../../../electron/core/signing/pdf/repair.ts'
import { listSignatureFields } from '../../../../../../electron/core/signing/pdf/signature-fields.ts'
import { SIGNED_AT } from './judged.ts'

/** A small generator with a seed (mulberry32), so that a failing case can be run again. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const TOKENS = [
  '<<',
  '>>',
  '[',
  ']',
  '(',
  ')',
  '<',
  '>',
  '/',
  '%',
  ' ',
  '\n',
  '0',
  '-1',
  '9999999999',
  ' 0 R',
  ' obj',
  'endobj',
  'stream',
  'endstream',
  '/Length',
  '/Prev',
  '/Kids',
  '/Type',
  '/Filter',
  '/Size 1',
  'xref',
  'trailer',
  'startxref',
  '%%EOF',
  'null',
  '/W [0 0 0]',
  '/Index [0 99999999]',
  '/N -1',
  '/First 1',
  '/XRefStm 15',
  '/Root 1 0 R',
  '1 0 R',
  '\0',
  '\xff',
]

/** One to four changes: a byte, a token, a cut, a doubled part, a digit. */
export function mutate(bytes: Buffer, seed: number): Buffer {
  const random = randomOf(seed)
  let result = bytes
  for (let count = 1 + random(4); count > 0 && result.length > 8; count -= 1)
    result = mutateOnce(result, random)
  return result
}

function mutateOnce(bytes: Buffer, random: (below: number) => number): Buffer {
  const at = random(bytes.length)
  const to = Math.min(bytes.length, at + 1 + random(64))
  switch (random(7)) {
    case 0: {
      const copy = Buffer.from(bytes)
      copy[at] = random(256)
      return copy
    }
    case 1:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(TOKENS[random(TOKENS.length)] ?? '', 'latin1'),
        bytes.subarray(at),
      ])
    case 2: {
      const token = Buffer.from(TOKENS[random(TOKENS.length)] ?? '', 'latin1')
      return Buffer.concat([
        bytes.subarray(0, at),
        token,
        bytes.subarray(Math.min(bytes.length, at + token.length)),
      ])
    }
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)])
    case 4:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at, to), bytes.subarray(to)])
    case 5:
      return random(4) === 0 ? bytes.subarray(0, at) : bytes
    default:
      return changeDigit(bytes, at, random)
  }
}

/** Numbers are where offsets, lengths and counts lie. */
function changeDigit(bytes: Buffer, from: number, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = from; at < Math.min(copy.length, from + 400); at += 1) {
    const byte = copy[at] ?? 0
    if (byte < 0x30 || byte > 0x39) continue
    copy[at] = 0x30 + random(10)
    return copy
  }
  return copy
}

/** Every failure but a SigningError comes out. */
function guarded(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof SigningError)) throw error
  }
}

async function guardedAsync(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof SigningError)) throw error
  }
}

/** Reads all there is to read. Throws only what would be a bug. */
export async function readEverything(bytes: Buffer): Promise<void> {
  const source = memorySource(bytes)
  guarded(() => {
    const file = openPdf(source)
    for (const revision of file.revisions) {
      const view = file.viewAt(revision.index)
      guarded(() => {
        for (const page of view.pages()) {
          pageBox(page, view.resolve)
          pageRotation(page, view.resolve)
        }
      })
      guarded(() => {
        const fields = listSignatureFields(view)
        for (const field of fields) expectNumber(field.pageIndex)
        permissionsOfFile(view, fields)
      })
      guarded(() => readDss(file, view))
    }
    for (const objectNumber of file.objectNumbers()) {
      if (objectNumber > 5000) break
      guarded(() => {
        const object = file.resolve({ kind: 'reference', objectNumber, generation: 0 })
        if (object.kind === 'stream') file.decodeStream(object, 1 << 20)
      })
    }
  })
  await guardedAsync(() => preflight(source))
  await guardedAsync(() => prepareSignature(source, { signedAt: SIGNED_AT, reservedBytes: 64 }))
  await guardedAsync(() => repair(bytes))
}

function expectNumber(value: number | undefined): void {
  if (value !== undefined && !Number.isInteger(value)) throw new Error('A page index is no integer')
}
