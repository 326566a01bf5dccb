/** Random damage to signed files, repeatable from a seed. Each case says whether it may still be called valid. */
import {
  flipByte,
  insertAt,
  lastByteRange,
  latin1,
  nextNumber,
  objectText,
  randomFrom,
  textOf,
  updatePdf,
} from '../mutate-pdf.ts'
import { FORM } from './contract-form.ts'

export type FuzzCase = {
  readonly kind: string
  readonly pdf: Uint8Array
  /** False: any verdict that begins with `valid` is a failure. */
  readonly mayBeValid: boolean
}

type Random = () => number

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T

/** Objects of the contract form that are seen on a page, or decide what is. */
const SEEN = [
  FORM.pages,
  FORM.firstContent,
  FORM.secondContent,
  FORM.font,
  FORM.note,
  FORM.hiddenLook,
  FORM.totalLook,
] as const

const KINDS = [
  flipSigned,
  flipAnywhere,
  cutEnd,
  insertBytes,
  removeBytes,
  duplicateBytes,
  overwriteSeen,
  appendJunk,
  swapTokens,
  randomUpdate,
  pageUpdate,
  wrongXref,
  formUpdate,
  changeContents,
] as const

/** The case of one seed. `pdf` has one signature over the contract form. */
export function fuzzCase(pdf: Uint8Array, seed: number): FuzzCase {
  const random = randomFrom(seed)
  return pick(random, KINDS)(pdf, random)
}

function signedOffset(pdf: Uint8Array, random: Random): number {
  const [, gapStart, gapEnd, length] = lastByteRange(pdf)
  const at = Math.floor(random() * (gapStart + length))
  return at < gapStart ? at : gapEnd + (at - gapStart)
}

function flipSigned(pdf: Uint8Array, random: Random): FuzzCase {
  const mask = 1 << Math.floor(random() * 8)
  return { kind: 'flipSigned', pdf: flipByte(pdf, signedOffset(pdf, random), mask), mayBeValid: false }
}

/** In the gap a changed digit may change nothing that counts (upper and lower case). */
function flipAnywhere(pdf: Uint8Array, random: Random): FuzzCase {
  let changed = pdf
  const count = 1 + Math.floor(random() * 8)
  for (let index = 0; index < count; index += 1)
    changed = flipByte(changed, Math.floor(random() * pdf.length), 1 << Math.floor(random() * 8))
  const [, gapStart, gapEnd] = lastByteRange(pdf)
  const touched = changed.some((byte, at) => byte !== pdf[at] && (at < gapStart || at >= gapEnd))
  return { kind: 'flipAnywhere', pdf: changed, mayBeValid: !touched }
}

/** Hex digits of the CMS: certificates, attributes, lengths. Unsigned parts of it may change without harm. */
function changeContents(pdf: Uint8Array, random: Random): FuzzCase {
  const [, gapStart, gapEnd] = lastByteRange(pdf)
  const text = textOf(pdf)
  const hex = text.slice(gapStart + 1, gapEnd - 1)
  const used = hex.replace(/0+$/, '').length
  let changed = hex
  const count = 1 + Math.floor(random() * 4)
  for (let index = 0; index < count; index += 1) {
    const at = Math.floor(random() * used)
    const digit = Math.floor(random() * 16).toString(16)
    changed = changed.slice(0, at) + digit + changed.slice(at + 1)
  }
  return {
    kind: 'changeContents',
    pdf: latin1(text.slice(0, gapStart + 1) + changed + text.slice(gapEnd - 1)),
    mayBeValid: true,
  }
}

/** Only the final end of line may be lacking, and it is signed. */
function cutEnd(pdf: Uint8Array, random: Random): FuzzCase {
  const size = Math.floor(random() * pdf.length)
  return { kind: 'cutEnd', pdf: pdf.slice(0, size), mayBeValid: false }
}

function insertBytes(pdf: Uint8Array, random: Random): FuzzCase {
  const at = signedOffset(pdf, random)
  const bytes = pick(random, [
    ' ',
    '\n',
    '%x\n',
    '\0',
    '<<',
    '>>',
    'endobj\n',
    '5 0 obj\n<< >>\nendobj\n',
    '[',
    '(',
  ])
  return { kind: 'insertBytes', pdf: insertAt(pdf, at, bytes), mayBeValid: false }
}

function removeBytes(pdf: Uint8Array, random: Random): FuzzCase {
  const at = signedOffset(pdf, random)
  const count = 1 + Math.floor(random() * 40)
  const text = textOf(pdf)
  return { kind: 'removeBytes', pdf: latin1(text.slice(0, at) + text.slice(at + count)), mayBeValid: false }
}

function duplicateBytes(pdf: Uint8Array, random: Random): FuzzCase {
  const at = signedOffset(pdf, random)
  const text = textOf(pdf)
  const piece = text.slice(at, at + 1 + Math.floor(random() * 400))
  const target = signedOffset(pdf, random)
  return { kind: 'duplicateBytes', pdf: insertAt(pdf, target, piece), mayBeValid: false }
}

function appendJunk(pdf: Uint8Array, random: Random): FuzzCase {
  const junk = pick(random, [
    'x',
    '%%EOF',
    '\n5 0 obj\n<< /Length 3 >>\nstream\nabc\nendstream\nendobj\n',
    `\nstartxref\n${Math.floor(random() * pdf.length)}\n%%EOF\n`,
    '\ntrailer << /Root 1 0 R /Size 99 >>\n',
    textOf(pdf).slice(0, Math.floor(random() * pdf.length)),
    `\nxref\n0 1\n0000000000 65535 f \ntrailer << /Size 9 /Root 1 0 R >>\nstartxref\n${pdf.length + 1}\n%%EOF\n`,
  ])
  return { kind: 'appendJunk', pdf: latin1(textOf(pdf) + junk), mayBeValid: false }
}

const WORDS = [
  '/Type',
  '/Pages',
  '/Kids',
  'obj',
  'R',
  '/Fields',
  '/V',
  '/ByteRange',
  '/Contents',
  '0000',
  'xref',
  '/Prev',
  '/Size',
  '/Root',
  'stream',
]

function swapTokens(pdf: Uint8Array, random: Random): FuzzCase {
  const text = textOf(pdf)
  const word = pick(random, WORDS)
  const places = [...text.matchAll(new RegExp(word.replace('/', '\\/'), 'g'))]
    .map((match) => match.index)
    .filter((at) => {
      const [, gapStart, gapEnd] = lastByteRange(pdf)
      return at < gapStart || at >= gapEnd
    })
  if (places.length === 0) return flipSigned(pdf, random)
  const at = pick(random, places)
  const other = pick(
    random,
    WORDS.filter((one) => one !== word),
  )
  return {
    kind: 'swapTokens',
    pdf: latin1(text.slice(0, at) + other + text.slice(at + word.length)),
    mayBeValid: false,
  }
}

function scramble(body: string, random: Random): string {
  const at = Math.floor(random() * body.length)
  const mutations = [
    () => body.replace(/\d+/, (digits) => String(Number(digits) + 1)),
    () => `${body.slice(0, at)}${String.fromCharCode(97 + Math.floor(random() * 26))}${body.slice(at + 1)}`,
    () => '<< >>',
    () => 'null',
    () => `[${body}]`,
    () => body.replace(/\(([^)]*)\)/, '($1!)'),
    () => body.replace('stream\n', 'stream\n '),
  ]
  return pick(random, mutations)()
}

/** Overwrites something that can be seen, in a well-formed update. */
function overwriteSeen(pdf: Uint8Array, random: Random): FuzzCase {
  const number = pick(random, SEEN)
  const before = objectText(pdf, number)
  const after = scramble(before, random)
  return {
    kind: 'overwriteSeen',
    pdf: updatePdf(pdf, { [number]: after }),
    mayBeValid: after.replace(/\s+/g, '') === before.replace(/\s+/g, ''),
  }
}

/** A change of the page dictionary that is never one of those allowed. */
function pageUpdate(pdf: Uint8Array, random: Random): FuzzCase {
  const page = pick(random, [FORM.firstPage, FORM.secondPage])
  const before = objectText(pdf, page)
  const edit = pick(random, [
    () => before.replace(/\/MediaBox \[[^\]]*\]/, '/MediaBox [0 0 100 100]'),
    () => before.replace('/Type /Page', '/Type /Page /Rotate 90'),
    () => before.replace(/\/Contents \d+ 0 R/, '/Contents [5 0 R 6 0 R]'),
    () => before.replace('/Type /Page', '/Type /Page /AA << /O << /S /JavaScript /JS (x) >> >>'),
    () => before.replace(/\/Resources <<.*>> >>/, '/Resources << >>'),
    () => before.replace('/Type /Page', '/Type /Page /CropBox [0 0 10 10]'),
  ])
  return { kind: 'pageUpdate', pdf: updatePdf(pdf, { [page]: edit() }), mayBeValid: edit() === before }
}

/** Anything at all written over anything: must not crash; may be valid only if it hits what may change. */
function randomUpdate(pdf: Uint8Array, random: Random): FuzzCase {
  const objects: Record<number, string> = {}
  const count = 1 + Math.floor(random() * 3)
  for (let index = 0; index < count; index += 1) {
    const number = 1 + Math.floor(random() * (nextNumber(pdf) + 2))
    const source = pick(random, Object.values(FORM))
    const from = source === FORM.spare ? FORM.font : source
    objects[number] = scramble(objectText(pdf, from), random)
  }
  const touchesSeen = SEEN.some((number) => {
    const now = objects[number]
    return now !== undefined && now.replace(/\s+/g, '') !== objectText(pdf, number).replace(/\s+/g, '')
  })
  return { kind: 'randomUpdate', pdf: updatePdf(pdf, objects), mayBeValid: !touchesSeen }
}

/** Right objects behind wrong cross-reference data. */
function wrongXref(pdf: Uint8Array, random: Random): FuzzCase {
  const number = pick(random, SEEN)
  const objects = { [number]: scramble(objectText(pdf, number), random) }
  const wrong = pick(random, [
    { previous: Math.floor(random() * pdf.length) },
    { size: Math.floor(random() * 30) },
    { entries: { [number]: Math.floor(random() * pdf.length * 1.5) } },
    { withoutEnd: true },
    { withoutXref: true },
    { stray: '12 0 obj\n<< >>\nendobj\n' },
    { trailer: { XRefStm: String(Math.floor(random() * pdf.length)) } },
    { trailer: { Encrypt: '7 0 R' } },
    { trailer: { Root: '2 0 R' } },
  ])
  const changed = objects[number]?.replace(/\s+/g, '') !== objectText(pdf, number).replace(/\s+/g, '')
  return { kind: 'wrongXref', pdf: updatePdf(pdf, objects, wrong), mayBeValid: !changed }
}

/** Fields and form dictionary in ways that show something new. */
function formUpdate(pdf: Uint8Array, random: Random): FuzzCase {
  const edits: readonly (() => Record<number, string>)[] = [
    () => ({
      [FORM.hidden]: objectText(pdf, FORM.hidden).replace('/F 2', `/F ${pick(random, [0, 4, 64, 132])}`),
    }),
    () => ({ [FORM.amount]: objectText(pdf, FORM.amount).replace('/N 13 0 R', '/N 18 0 R') }),
    () => ({ [FORM.amount]: objectText(pdf, FORM.amount).replace('[72 600 272 620]', '[0 0 595 842]') }),
    () => ({ [FORM.amount]: objectText(pdf, FORM.amount).replace('/FT /Tx', '/FT /Btn') }),
    () => ({ [FORM.amount]: objectText(pdf, FORM.amount).replace('/F 4', '/F 6') }),
    () => ({ [FORM.acroForm]: objectText(pdf, FORM.acroForm).replace('/F1 7 0 R', '/F1 20 0 R') }),
    () => ({ [FORM.acroForm]: objectText(pdf, FORM.acroForm).replace('9 0 R ', '') }),
    () => ({ [FORM.agree]: objectText(pdf, FORM.agree).replace('/Yes 20 0 R', '/Yes 18 0 R') }),
    () => ({ [FORM.agree]: objectText(pdf, FORM.agree).replace('/AS /Off', '/AS /Yes') }),
  ]
  return { kind: 'formUpdate', pdf: updatePdf(pdf, pick(random, edits)()), mayBeValid: false }
}
