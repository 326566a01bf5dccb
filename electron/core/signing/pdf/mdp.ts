/**
 * What earlier signatures allow to happen to a file (ISO 32000-2 §12.8.2.2 DocMDP, §12.8.2.4 FieldMDP,
 * §12.7.5.5 /Lock).
 */
import { SigningError } from '../errors.ts'
import { asArray, asDictionary, asInteger, asName, asText, type PdfDictionary } from './objects.ts'
import type { PdfView } from './reader.ts'
import type { SignatureField } from './signature-fields.ts'

/** 1 nothing, 2 filling and signing, 3 also annotations. */
export type DocMdpPermission = 1 | 2 | 3

/** Which fields a signature locks. Names are fully qualified; a name stands for its descendants too. */
export type FieldLock = {
  readonly action: 'All' | 'Include' | 'Exclude'
  readonly fields: readonly string[]
}

export type SignaturePermissions = {
  /** The strictest P of all signatures; undefined when none restricts. */
  readonly permission: DocMdpPermission | undefined
  readonly locks: readonly FieldLock[]
}

/** What one signature demands: its /Reference entries and the /Lock of its field. */
export function permissionsOfSignature(view: PdfView, field: SignatureField): SignaturePermissions {
  const found: DocMdpPermission[] = []
  const locks: FieldLock[] = []
  for (const item of asArray(view.resolve(field.value?.entries.get('Reference'))) ?? []) {
    const reference = asDictionary(view.resolve(item))
    const method = asName(view.resolve(reference?.entries.get('TransformMethod')))
    const parameters = asDictionary(view.resolve(reference?.entries.get('TransformParams')))
    if (method === 'DocMDP') found.push(permissionOf(view, parameters) ?? 2)
    if (method === 'FieldMDP' && parameters !== undefined) locks.push(lockOf(view, parameters))
  }
  if (field.lock !== undefined) {
    locks.push(lockOf(view, field.lock))
    const own = permissionOf(view, field.lock)
    if (own !== undefined) found.push(own)
  }
  return { permission: strictest(found), locks }
}

/** The demands of all signed fields together. */
export function permissionsOfFile(view: PdfView, fields: readonly SignatureField[]): SignaturePermissions {
  const all = fields.filter((field) => field.isSigned).map((field) => permissionsOfSignature(view, field))
  return {
    permission: strictest(all.flatMap((one) => (one.permission === undefined ? [] : [one.permission]))),
    locks: all.flatMap((one) => one.locks),
  }
}

function strictest(permissions: readonly DocMdpPermission[]): DocMdpPermission | undefined {
  return permissions.length === 0
    ? undefined
    : permissions.reduce((left, right) => (left < right ? left : right))
}

function permissionOf(view: PdfView, parameters: PdfDictionary | undefined): DocMdpPermission | undefined {
  const value = asInteger(view.resolve(parameters?.entries.get('P')))
  return value === 1 || value === 2 || value === 3 ? value : undefined
}

/** A /Lock or FieldMDP dictionary as data; an action nobody knows locks everything. */
export function lockOf(view: PdfView, dictionary: PdfDictionary): FieldLock {
  const action = asName(view.resolve(dictionary.entries.get('Action')))
  const fields = (asArray(view.resolve(dictionary.entries.get('Fields'))) ?? []).flatMap((item) => {
    const name = asText(view.resolve(item))
    return name === undefined ? [] : [name]
  })
  return { action: action === 'Include' || action === 'Exclude' ? action : 'All', fields }
}

/** True when the lock forbids changing the field. */
export function isLocked(lock: FieldLock, fieldName: string): boolean {
  const isNamed = lock.fields.some((name) => fieldName === name || fieldName.startsWith(`${name}.`))
  switch (lock.action) {
    case 'All':
      return true
    case 'Include':
      return isNamed
    case 'Exclude':
      return !isNamed
  }
}

/**
 * Refuses a signature that earlier ones forbid.
 *
 * @param planned `isNewVisible`: a field that does not exist yet will show on a page (strict validators refuse it
 * after certification, whatever P says)
 * @throws SigningError CERTIFIED_NO_CHANGES
 */
export function assertMaySign(
  permissions: SignaturePermissions,
  planned: { readonly fieldName: string; readonly isNewVisible: boolean },
): void {
  const { permission, locks } = permissions
  if (permission === 1) throw refused('P=1')
  if (locks.some((lock) => isLocked(lock, planned.fieldName))) throw refused('FieldMDP')
  if (permission !== undefined && planned.isNewVisible) throw refused('new visible field')
}

function refused(reason: string): SigningError {
  return new SigningError('CERTIFIED_NO_CHANGES', 'An earlier signature forbids this', { data: { reason } })
}
