import type { SignerId } from '../../../../shared/model/brand.ts'
import type { CaseFields } from '../../../../shared/model/case.ts'
import type { CaseSigner, SignerFields } from '../../../../shared/model/signer.ts'
import { checkMailAddress } from '../../../../shared/rules/mail-address.ts'
import { readNetworks } from '../../../../shared/rules/network-list.ts'
import { signersText as text } from '../../../i18n/ja/signers.ts'

/** One signer while it is edited. `key` outlives re-ordering; an empty access code of a known signer keeps the old one. */
export type SignerDraft = Omit<SignerFields, 'step' | 'deadlineDays' | 'allowedNetworks'> & {
  readonly key: number
  readonly id: SignerId | undefined
  readonly hasAccessCode: boolean
  readonly step: number | null
  readonly deadlineDays: number | null
  /** As it is typed: addresses and ranges, one a line. */
  readonly networks: string
}

/** What is known before anything is typed. */
export type KnownParties = {
  readonly counterparties: CaseFields['counterparties']
  /** 扶桑町長 */
  readonly headOfTown: string
}

export function draftsOf(signers: readonly CaseSigner[], known: KnownParties): SignerDraft[] {
  if (signers.length === 0) {
    const counterparty = newSigner('counterparty', [], known)
    return [counterparty, newSigner('town', [counterparty], known)]
  }
  return signers.map((signer, index) => {
    const { allowedNetworks, ...fields } = signer.fields
    return { ...fields, networks: allowedNetworks.join('\n'), key: index + 1, id: signer.id, accessCode: '' }
  })
}

/** A new signer with what the case already knows; the town signs last as a party, which is the usual way. */
export function newSigner(
  side: SignerFields['side'],
  others: readonly SignerDraft[],
  known: KnownParties,
): SignerDraft {
  const counterparties = others.filter((other) => other.side === 'counterparty').length
  const party = known.counterparties[counterparties]
  const lastStep = Math.max(0, ...others.map((other) => other.step ?? 0))
  const isTown = side === 'town'
  return {
    key: Math.max(0, ...others.map((other) => other.key)) + 1,
    id: undefined,
    side,
    signatureType: isTown ? 'party' : 'witness',
    step: isTown ? lastStep + 1 : 1,
    company: isTown ? '' : (party?.name ?? ''),
    position: '',
    name: isTown ? known.headOfTown || text.headOfTown : (party?.representative ?? ''),
    mailAddress: '',
    accessCode: '',
    hasAccessCode: false,
    contactName: '',
    contactPosition: '',
    contactMailAddress: '',
    addressConfirmedBy: 'unconfirmed',
    networks: '',
    deadlineDays: 14,
  }
}

/** The town's own party signature needs no mail; everybody else gets one. */
export function isMailNeeded(draft: Pick<SignerDraft, 'side' | 'signatureType'>): boolean {
  return !(draft.side === 'town' && draft.signatureType === 'party')
}

export type SignerProblems = {
  readonly name?: string | undefined
  readonly step?: string | undefined
  readonly deadlineDays?: string | undefined
  readonly mailAddress?: string | undefined
  readonly accessCode?: string | undefined
  readonly networks?: string | undefined
}

export function signerProblems(draft: SignerDraft): SignerProblems {
  const inside = (value: number | null, most: number) => value !== null && value >= 1 && value <= most
  const check = checkMailAddress(draft.mailAddress)
  return {
    name: draft.name.trim() === '' ? text.empty1 : undefined,
    step: inside(draft.step, 20) ? undefined : text.stepWrong,
    deadlineDays: inside(draft.deadlineDays, 90) ? undefined : text.deadlineWrong,
    mailAddress: !isMailNeeded(draft) || check.ok ? undefined : text.mailProblem[check.code],
    accessCode: /^[0-9a-z]*$/i.test(draft.accessCode) ? undefined : text.accessCodeWrong,
    networks: networksProblem(draft.networks),
  }
}

/** What is wrong with a typed list of networks, in words. */
export function networksProblem(typed: string): string | undefined {
  const read = readNetworks(typed)
  if (read.ok) return undefined
  return 'entry' in read.error.data ? text.networkWrong(read.error.data.entry) : text.networksTooMany
}

/** The list as the bridge takes it. Only called without problems. */
export function networksOf(typed: string): string[] {
  const read = readNetworks(typed)
  return read.ok ? read.value : []
}

export function isDraftRight(draft: SignerDraft): boolean {
  const contact = draft.contactMailAddress === '' || checkMailAddress(draft.contactMailAddress).ok
  return contact && Object.values(signerProblems(draft)).every((problem) => problem === undefined)
}

/** As the bridge takes it. */
export function signerInput({ key: _key, hasAccessCode, accessCode, id, networks, ...fields }: SignerDraft) {
  const keepsCode = id !== undefined && hasAccessCode && accessCode === ''
  return {
    ...fields,
    step: fields.step ?? 1,
    deadlineDays: fields.deadlineDays ?? 14,
    allowedNetworks: isMailNeeded(fields) ? networksOf(networks) : [],
    ...(isMailNeeded(fields) ? {} : { mailAddress: '', contactMailAddress: '' }),
    ...(id === undefined ? {} : { id }),
    ...(keepsCode ? {} : { accessCode }),
  }
}
