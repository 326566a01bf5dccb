import { mailReplySentence } from './mail-problem.ts'

type EventData = Readonly<Record<string, string | number | boolean | null>>

/** What an entry says besides: who it is about, to whom, from where, why. Digests and ids are left to the 操作ログ. */
export function actionDetail(action: string, data: EventData): string {
  const said = (name: string) => {
    const value = data[name]
    return value === undefined || value === null || value === '' ? undefined : String(value)
  }
  const part = (name: string, inWords: (value: string) => string) => {
    const value = said(name)
    return value === undefined ? [] : [inWords(value)]
  }
  return [
    ...part('signer', (name) => name),
    ...part('to', (to) => (said('from') === undefined ? to : `${said('from')} → ${to}`)),
    ...part('ipAddress', (address) => `接続元 ${address}`),
    ...part('failures', (count) => `${count}回目`),
    ...part('decisionNumber', (number) => `決裁番号 ${number}`),
    ...(action === 'mail.failed' || action === 'mail.returned'
      ? [mailReplySentence(said('reply') ?? said('code') ?? '')]
      : []),
    ...part('comment', (comment) => comment),
    ...part('why', (why) => `理由：${why}`),
    ...part('reason', (reason) => `理由：${reason}`),
  ].join('　')
}
