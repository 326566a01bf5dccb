/**
 * A whole office behind the real bridge table, for tests of the screens: stateful, checked by the same dispatch
 * (permissions, zod on the way in and out) as the real one, but without archive, signing or mail.
 */

import { createDispatch } from '../../../electron/app/dispatch.ts'
import type { Application, ServedFile } from '../../../electron/app/host-port.ts'
import { type Bridge, bridge } from '../../../shared/bridge/bridge.ts'
import type { BridgeEvent } from '../../../shared/bridge/define.ts'
import type { User } from '../../../shared/model/user.ts'
import { ok } from '../../../shared/result.ts'
import { archiveHandlers } from './fake-archive.ts'
import { caseHandlers } from './fake-cases.ts'
import type { FakeOffice } from './fake-context.ts'
import { documentHandlers } from './fake-documents.ts'
import { keepingHandlers } from './fake-keeping.ts'
import { makeContractPdf } from './fake-pdf.ts'
import { fakeId } from './fake-records.ts'
import { sessionHandlers } from './fake-session.ts'
import { settingsHandlers } from './fake-settings.ts'
import { signingHandlers } from './fake-signing.ts'
import type { FakeState } from './fake-state.ts'

export function createFakeOffice(state: FakeState): FakeOffice {
  const listeners = new Set<(event: BridgeEvent) => void>()
  const tickets = new Map<string, { readonly bytes: Uint8Array; readonly fileName: string }>()
  const incidents: string[] = []
  let pdf: Promise<Uint8Array> | undefined
  const office: Omit<FakeOffice, 'application'> = {
    state,
    actors: new Map(),
    lockAfterMs: 15 * 60_000,
    incidents,
    announce: (event) => {
      for (const listener of listeners) listener(event)
    },
    ticketFor: (bytes, fileName) => {
      const ticket = fakeId('ticket')
      tickets.set(ticket, { bytes, fileName })
      return ticket
    },
    anyPdf: () => {
      pdf ??= makeContractPdf('見本', 1)
      return pdf
    },
  }
  const whole = office as FakeOffice
  const call = createDispatch<Bridge, User>(
    bridge,
    {
      ...sessionHandlers(whole),
      ...caseHandlers(whole),
      ...documentHandlers(whole),
      ...signingHandlers(whole),
      ...archiveHandlers(whole),
      ...settingsHandlers(whole),
      ...keepingHandlers(whole),
    },
    {
      actorOf: (connection) => office.actors.get(connection.id),
      reportIncident: (incident) => {
        incidents.push(`${incident.channel} ${incident.kind} ${incident.detail}`)
      },
    },
  )
  const application: Application = {
    call,
    openFile: async (ticket) => {
      const file = tickets.get(ticket)
      return file ? served(file.bytes, file.fileName) : undefined
    },
    receiveUpload: async (fileName, body) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      const uploadId = fakeId('upload')
      state.files.set(uploadId, { fileName, bytes: new Uint8Array(Buffer.concat(chunks)) })
      return ok({ uploadId })
    },
    subscribe: (_connection, listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    endConnection: (connection) => {
      office.actors.delete(connection.id)
    },
    close: async () => {
      listeners.clear()
    },
  }
  return Object.assign(office, { application })
}

function served(bytes: Uint8Array, fileName: string): ServedFile {
  return {
    sizeBytes: bytes.length,
    contentType: fileName.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream',
    fileName,
    disposition: 'inline',
    read: async function* (start, end) {
      yield bytes.subarray(start, end)
    },
  }
}
