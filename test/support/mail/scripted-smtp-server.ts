import { createServer, type Socket } from 'node:net'

/** What the server does at a command: a reply line, several, silence (null) or a broken connection ('close'). */
export type SmtpScript = Partial<
  Record<'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'message', string | null | 'close'>
>

export type ScriptedSmtpServer = {
  readonly port: number
  /** Messages that arrived whole, whatever was answered. */
  readonly messages: string[]
  readonly setScript: (script: SmtpScript) => void
  readonly close: () => Promise<void>
}

/** An SMTP server on loopback that misbehaves exactly as told. */
export async function startScriptedSmtpServer(first: SmtpScript = {}): Promise<ScriptedSmtpServer> {
  let script = first
  const messages: string[] = []
  const sockets = new Set<Socket>()
  const answer = (socket: Socket, step: keyof SmtpScript, usual: string) => {
    const reply = step in script ? script[step] : usual
    if (reply === 'close') socket.destroy()
    else if (typeof reply === 'string') socket.write(`${reply}\r\n`)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let inMessage = false
    let buffer = ''
    answer(socket, 'greeting', '220 test ESMTP')
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      for (;;) {
        const end = buffer.indexOf(inMessage ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const part = buffer.slice(0, end)
        buffer = buffer.slice(end + (inMessage ? 5 : 2))
        if (inMessage) {
          inMessage = false
          messages.push(part)
          answer(socket, 'message', '250 2.0.0 queued')
          continue
        }
        const verb = part.slice(0, 4).toUpperCase()
        if (verb === 'EHLO' || verb === 'HELO') answer(socket, 'EHLO', '250 test')
        else if (verb === 'MAIL') answer(socket, 'MAIL', '250 ok')
        else if (verb === 'RCPT') answer(socket, 'RCPT', '250 ok')
        else if (verb === 'DATA') {
          answer(socket, 'DATA', '354 go')
          inMessage = !('DATA' in script)
        } else if (verb === 'QUIT') socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    messages,
    setScript: (next) => {
      script = next
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
