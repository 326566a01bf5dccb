import type { OutgoingMail } from '../../../electron/core/mail/mail-message.ts'
import { type MailValues, renderMail } from '../../../electron/core/mail/render-template.ts'
import type { EpochMs, MailId } from '../../../shared/model/brand.ts'

export const sampleValues: MailValues = {
  townName: '扶桑町',
  office: { division: '総務部行政課', phone: '0587-93-1111', mailAddress: 'gyousei_sc@town.fuso.lg.jp' },
  title: '令和8年度 町道123号線舗装補修工事',
  recipientCompany: '㈱𠮷髙建設',
  recipientPosition: '代表取締役',
  recipientName: '山﨑 太郎',
  signerName: '山﨑 太郎',
  company: '㈱𠮷髙建設',
  url: 'https://portal.example.jp/s/4f1c#abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  deadline: '令和8年4月15日 17時00分',
  completedAt: '令和8年4月10日 10時00分',
  declinedAt: '令和8年4月10日 10時00分',
  reason: '代表者が交代しました。',
  message: '',
  checkNumber: '048213',
  accessCode: true,
  networkLimited: true,
}

export function sampleMail(id: string, changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id: id as MailId,
    from: { name: '扶桑町', address: 'keiyaku@town.fuso.lg.jp' },
    to: { name: '山﨑 太郎', address: 'taro@yoshitaka.example.jp' },
    replyTo: { name: '扶桑町 行政課', address: 'gyousei_sc@town.fuso.lg.jp' },
    ...renderMail('signing-request', sampleValues),
    date: Date.UTC(2026, 3, 1, 1, 0, 0) as EpochMs,
    attachments: [],
    ...changes,
  }
}
