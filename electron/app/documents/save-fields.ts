import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { SignatureField } from '../../../shared/model/document.ts'
import { fail, ok } from '../../../shared/result.ts'
import { fileOfVersion, listDocuments } from '../../core/archive/tables/documents.ts'
import { listSignatureFields, listSigners, saveSignatureFields } from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import { NOT_FOUND, STATE_FORBIDS, visibleCase } from '../cases/guard-case.ts'
import { mayEditEnvelope } from '../cases/workflow.ts'
import type { Context } from '../context.ts'
import { announceCase, type Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { workDone } from '../work/work-done.ts'
import { pageSizes } from './page-sizes.ts'
import { readWholeFile } from './read-whole-file.ts'

type Input = InputOf<typeof bridge.documents.saveFields>

/** Makes the case's seal and signature fields exactly these. They enter the PDF when 決裁 is asked for. */
export async function saveFields(office: Office, input: Input, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  if (!mayEditEnvelope(found.state)) return STATE_FORBIDS
  const { db } = office.archive
  const documents = listDocuments(db, input.caseId)
  const signers = new Set(listSigners(db, input.caseId).map((signer) => signer.id))
  for (const field of input.fields) {
    const document = documents.find(
      (candidate) => candidate.id === field.documentId && candidate.role === 'sign',
    )
    if (document === undefined || !signers.has(field.signerId)) return NOT_FOUND
    if (field.page > document.pages) return fail('PAGE_NOT_FOUND', { page: field.page })
    const size = pageSizes(office, document)[field.page - 1]
    if (size !== undefined && !isInside(field, size)) return fail('FIELD_OUTSIDE_PAGE', { page: field.page })
  }
  const pairs = input.fields.map((field) => `${field.documentId} ${field.signerId}`)
  if (new Set(pairs).size < pairs.length) return fail('FIELD_DUPLICATE', {})
  const change = changeBy(context, office.clock)
  const fields = office.archive.transaction((writing) => {
    const saved = saveSignatureFields(writing, input.caseId, input.fields, change)
    settleCase(writing, input.caseId, change)
    record(writing, change, 'fields.saved', { caseId: input.caseId, data: { count: saved.length } })
    return saved
  })
  announceCase(office, input.caseId)
  return ok({ fields })
}

type Box = { readonly left: number; readonly bottom: number; readonly right: number; readonly top: number }

function isInside(field: Pick<SignatureField, 'x' | 'y' | 'width' | 'height'>, page: Box): boolean {
  const slack = 1
  return (
    field.x >= page.left - slack &&
    field.y >= page.bottom - slack &&
    field.x + field.width <= page.right + slack &&
    field.y + field.height <= page.top + slack
  )
}

const SEAL_POINTS = 60
const STAMP = { width: 150, height: 44 }

/** Places at a signer's name, else at 印, in the order of the signers; the clerk moves or drops them. */
export async function proposeFields(
  office: Office,
  input: InputOf<typeof bridge.documents.proposeFields>,
  context: Context,
) {
  const found = visibleCase(office, context, input.caseId)
  const { db } = office.archive
  const document = listDocuments(db, input.caseId).find((candidate) => candidate.id === input.documentId)
  if (found === undefined || document === undefined) return NOT_FOUND
  const signers = listSigners(db, input.caseId)
  const taken = listSignatureFields(db, input.caseId).filter((field) => field.documentId === document.id)
  const words = ['印', ...signers.map((signer) => signer.fields.name)]
  const bytes = await readWholeFile(office.archive.vault, fileOfVersion(db, document.current.id).fileId)
  const positions = workDone(await office.work.runTask('find-word-positions', { bytes, words }))
  const places = positions.ok ? [...positions.value] : []
  const seals = places.filter((place) => place.word === '印')
  const fields: Omit<SignatureField, 'id'>[] = []
  for (const signer of signers) {
    if (taken.some((field) => field.signerId === signer.id)) continue
    const name = places.findLast((place) => place.word === signer.fields.name)
    const seal = name === undefined ? seals.shift() : nearestSeal(seals, name)
    const at = seal ?? name
    if (at === undefined) continue
    const [x, y, width, height] = at.rectangle
    const isSeal = signer.fields.side === 'town' && signer.fields.signatureType === 'party'
    const size = isSeal ? { width: SEAL_POINTS, height: SEAL_POINTS } : STAMP
    const page = pageSizes(office, document)[at.page - 1]
    // A seal stands on the 印, a text stamp right of it, so that nothing printed is hidden.
    const left = isSeal && seal !== undefined ? x + width / 2 - size.width / 2 : x + width + 6
    const bottom = y + height / 2 - size.height / 2
    fields.push({
      documentId: document.id,
      signerId: signer.id,
      page: at.page,
      x: clamp(left, page?.left ?? 0, (page?.right ?? Number.POSITIVE_INFINITY) - size.width),
      y: clamp(bottom, page?.bottom ?? 0, (page?.top ?? Number.POSITIVE_INFINITY) - size.height),
      ...size,
      appearance: isSeal ? 'seal-image' : 'text',
    })
  }
  return ok({ fields })
}

type Place = { readonly page: number; readonly rectangle: readonly [number, number, number, number] }

/** The 印 on the line of the name (or the next below it), taken out of the list so that no two signers share it. */
function nearestSeal<T extends Place>(seals: T[], name: Place): T | undefined {
  const [nameX, nameY] = name.rectangle
  const index = seals.findIndex(
    (seal) =>
      seal.page === name.page && Math.abs(seal.rectangle[1] - nameY) < 30 && seal.rectangle[0] > nameX,
  )
  return index < 0 ? undefined : seals.splice(index, 1)[0]
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
