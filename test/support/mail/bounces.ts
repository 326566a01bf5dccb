/** Notices of non-delivery as common servers write them. */
type Facts = { readonly messageId: string; readonly to: string }

const lines = (...parts: readonly string[]) => Buffer.from(parts.join('\r\n'))

/** Postfix: multipart/report with the headers of the mail. */
export function postfixBounce({ messageId, to }: Facts, action: 'failed' | 'delayed' = 'failed'): Buffer {
  const status = action === 'failed' ? '5.1.1' : '4.4.1'
  const reply = action === 'failed' ? `550 5.1.1 <${to}>: Recipient address` : '421 4.4.1 Connection'
  return lines(
    'From: MAILER-DAEMON@mx.town.example.jp (Mail Delivery System)',
    'To: keiyaku@town.fuso.example.jp',
    'Subject: Undelivered Mail Returned to Sender',
    'Message-Id: <20261122010101.4XYZ@mx.town.example.jp>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="4XYZ/mx"',
    '',
    '--4XYZ/mx',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This is the mail system at host mx.town.example.jp.',
    '--4XYZ/mx',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.town.example.jp',
    '',
    `Final-Recipient: rfc822; ${to}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${reply}`,
    '    rejected: User unknown in virtual mailbox table',
    '',
    '--4XYZ/mx',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${messageId}>`,
    'Subject: =?UTF-8?B?5omV?=',
    '',
    '--4XYZ/mx--',
    '',
  )
}

/** Exchange: the whole mail inside, base64 text, Japanese. */
export function exchangeBounce({ messageId, to }: Facts): Buffer {
  const said = Buffer.from(`宛先 ${to} への配信に失敗しました。`).toString('base64')
  return lines(
    'From: =?utf-8?B?6YWN5L+h44K344K544OG44Og?= <postmaster@example.co.jp>',
    'To: keiyaku@town.fuso.example.jp',
    'Subject: =?utf-8?B?6YWN5L+h5LiN6IO9?=',
    'Message-ID: <b1@example.co.jp>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="_x_"',
    '',
    '--_x_',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: base64',
    '',
    said,
    '--_x_',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns;EX01.example.co.jp',
    '',
    `Original-Recipient: rfc822;${to}`,
    `Final-Recipient: rfc822;${to}`,
    'Action: failed',
    'Status: 5.1.10',
    'Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found',
    '',
    '--_x_',
    'Content-Type: message/rfc822',
    '',
    'From: keiyaku@town.fuso.example.jp',
    `To: ${to}`,
    'Subject: x',
    `Message-ID: <${messageId}>`,
    '',
    'body',
    '--_x_--',
    '',
  )
}

/** qmail and other old servers: one text, no report, no Message-ID. */
export function plainBounce(to: string): Buffer {
  return lines(
    'From: MAILER-DAEMON@mail.example.ne.jp',
    'To: keiyaku@town.fuso.example.jp',
    'Subject: failure notice',
    'Message-ID: <q@mail.example.ne.jp>',
    'Content-Type: text/plain; charset=iso-2022-jp',
    '',
    'Hi. This is the qmail-send program at mail.example.ne.jp.',
    `<${to}>: 550 5.1.1 unknown user`,
    '',
  )
}
