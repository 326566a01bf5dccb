/** The three cases of the demo: what is registered, who signs, and what goes wrong on the way. */

import type { z } from 'zod'
import type { CaseFields } from '../../shared/model/case.ts'
import type { SignerFields } from '../../shared/model/signer.ts'

export type DemoDocument = {
  readonly title: string
  readonly file: string
  readonly role: 'sign' | 'view'
}

export type DemoCase = {
  readonly id: string
  readonly fields: z.input<typeof CaseFields>
  readonly documents: readonly DemoDocument[]
  readonly signers: readonly z.input<typeof SignerFields>[]
  readonly story: 'signed' | 'declined-then-corrected'
  /** A filled 申出書 is taken in first. */
  readonly withApplicationForm: boolean
}

const TOWN: z.input<typeof SignerFields> = {
  side: 'town',
  signatureType: 'party',
  step: 2,
  position: '扶桑町長',
  name: '扶桑 一郎',
  mailAddress: '',
}

function counterparty(company: string, name: string, mailAddress: string): z.input<typeof SignerFields> {
  return {
    side: 'counterparty',
    signatureType: 'witness',
    step: 1,
    company,
    position: '代表取締役',
    name,
    mailAddress,
    addressConfirmedBy: 'application',
  }
}

/** @param today contract date, `YYYY-MM-DD` */
export function demoCases(today: string): readonly DemoCase[] {
  return [
    {
      id: 'construction',
      fields: {
        title: '町道高雄１２号線 側溝改良工事',
        contractNumber: 'R8-土-012',
        method: 'open-bid',
        kind: 'construction',
        amount: 12_320_000,
        taxAmount: 1_120_000,
        contractDate: today,
        department: '土木課',
        applicationDate: '2026-11-02',
        counterparties: [
          {
            name: '株式会社髙橋組',
            representative: '代表取締役 髙橋 太郎',
            corporateNumber: '4011001098993',
          },
        ],
      },
      documents: [
        { title: '工事請負契約書', file: 'contract-construction.pdf', role: 'sign' },
        { title: '契約約款', file: 'ichitaro-pdf14-1p.pdf', role: 'sign' },
        { title: '設計書', file: 'xref-stream-linearized-42p.pdf', role: 'view' },
      ],
      signers: [
        { ...counterparty('株式会社髙橋組', '髙橋 太郎', 'takahashi@example.jp'), accessCode: 'fuso2026' },
        TOWN,
      ],
      story: 'signed',
      withApplicationForm: true,
    },
    {
      id: 'purchase',
      fields: {
        title: '扶桑町立小中学校 学習者用端末購入',
        contractNumber: 'R8-学-031',
        method: 'designated-bid',
        kind: 'purchase',
        amount: 26_400_000,
        taxAmount: 2_400_000,
        contractDate: today,
        department: '学校教育課',
        plannedPrice: 27_500_000,
        councilVoteDate: '2026-11-13',
        applicationDate: '2026-11-05',
        counterparties: [{ name: '㈱﨑山商会' }, { name: '𠮷田電機株式会社' }],
      },
      documents: [
        { title: '物品売買契約書', file: 'contract-purchase.pdf', role: 'sign' },
        { title: '仕様書', file: 'word2016-hybrid-xref-51p.pdf', role: 'sign' },
      ],
      signers: [
        counterparty('㈱﨑山商会', '﨑山 花子', 'sakiyama@example.jp'),
        counterparty('𠮷田電機株式会社', '𠮷田 次郎', 'yoshida@example.jp'),
        TOWN,
      ],
      story: 'signed',
      withApplicationForm: false,
    },
    {
      id: 'service',
      fields: {
        title: '扶桑町総合福祉センター 清掃業務委託',
        contractNumber: 'R8-福-008',
        method: 'designated-bid',
        kind: 'service',
        amount: 1_980_000,
        taxAmount: 180_000,
        contractDate: today,
        department: '福祉児童課',
        applicationDate: '2026-11-09',
        counterparties: [{ name: '有限会社渡邉ビルサービス' }],
      },
      documents: [{ title: '業務委託契約書', file: 'contract-service.pdf', role: 'sign' }],
      signers: [
        {
          ...counterparty('有限会社渡邉ビルサービス', '渡邉 三郎', 'wrong-person@example.jp'),
          contactName: '渡邉 四郎',
          contactMailAddress: 'keiri@example.jp',
        },
        TOWN,
      ],
      story: 'declined-then-corrected',
      withApplicationForm: false,
    },
  ]
}

/** Where the declined case goes after the clerk corrected it. */
export const CORRECTED = { name: '渡邉 三郎', mailAddress: 'watanabe@example.jp' } as const
