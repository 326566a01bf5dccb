// 様式第1 (第9条関係) 電子契約利用申出書: its fields and where they lie on A4 (595 × 842 points, origin bottom left).

export type ApplicationFormOptions = {
  /** 扶桑町 */
  readonly townName: string
  /** 扶桑町長: whom the form is addressed to. */
  readonly headOfTown: string
  /** 様式第1（第9条関係） */
  readonly formNumber?: string
  /** Lines of 【留意事項】 after the town's own two; default: the method and the file format (建設業法施行令5条の5). */
  readonly extraNotes?: readonly string[]
}

export const FORM_KIND = 'keiyaku-desk/application-form/1'

export const FORM_FIELD_NAMES = [
  'date_year',
  'date_month',
  'date_day',
  'company_address',
  'company_name',
  'representative',
  'title',
  'signer_position',
  'signer_name',
  'signer_mail',
  'access_code',
  'contact_position',
  'contact_name',
  'contact_mail',
] as const
export type FormFieldName = (typeof FORM_FIELD_NAMES)[number]

/** Two hidden fields: which form this is, and whose. */
export const FORM_KIND_FIELD = 'form_kind'
export const FORM_TOWN_FIELD = 'form_town'

export type FormFieldBox = {
  readonly name: FormFieldName
  /** Tooltip and name for screen readers (/TU). */
  readonly tooltip: string
  /** x, y (bottom), width, height in points. */
  readonly box: readonly [number, number, number, number]
  readonly multiline: boolean
  readonly required: boolean
  readonly align: 'left' | 'center'
}

type Options = { readonly multiline?: boolean; readonly optional?: boolean; readonly align?: 'center' }

function field(
  name: FormFieldName,
  tooltip: string,
  box: readonly [number, number, number, number],
  options: Options = {},
): FormFieldBox {
  return {
    name,
    tooltip,
    box,
    multiline: options.multiline ?? false,
    required: options.optional !== true,
    align: options.align ?? 'left',
  }
}

/** In reading order: this is also the tab order. */
export const FORM_FIELDS: readonly FormFieldBox[] = [
  field('date_year', '申出日の年（例: 令和8、2026）', [386, 752, 52, 18], { align: 'center' }),
  field('date_month', '申出日の月', [456, 752, 26, 18], { align: 'center' }),
  field('date_day', '申出日の日', [500, 752, 26, 18], { align: 'center' }),
  field('company_address', '所在地', [334, 624, 206, 30], { multiline: true }),
  field('company_name', '商号又は名称', [334, 592, 206, 26], { multiline: true }),
  field('representative', '代表者氏名', [334, 566, 206, 20]),
  field('title', '件名（案件名）', [124, 494, 416, 34], { multiline: true }),
  field('signer_position', '契約締結権限者の役職', [214, 350, 118, 24]),
  field('signer_name', '契約締結権限者の氏名', [384, 350, 154, 24]),
  field('signer_mail', '契約締結権限者のメールアドレス', [184, 324, 354, 22]),
  field('access_code', 'アクセスコード（必要な場合のみ、英数字）', [184, 298, 354, 22], { optional: true }),
  field('contact_position', '担当者の役職（必要な場合のみ）', [214, 200, 118, 24], { optional: true }),
  field('contact_name', '担当者の氏名（必要な場合のみ）', [384, 200, 154, 24], { optional: true }),
  field('contact_mail', '担当者のメールアドレス（必要な場合のみ）', [184, 174, 354, 22], { optional: true }),
]
