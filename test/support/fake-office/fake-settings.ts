import type { BridgeHandlers } from '../../../shared/bridge/bridge.ts'
import { fail, ok } from '../../../shared/result.ts'
import type { FakeContext, FakeOffice } from './fake-context.ts'
import { at } from './fake-records.ts'

type Parts = Pick<BridgeHandlers<FakeContext>, 'settings' | 'help'>

const FAKE_TOKENS = [
  {
    label: '扶桑町 職責証明書',
    serialNumber: '0123456789',
    manufacturer: 'OpenSC Project',
    model: 'PKCS#15',
    pinState: 'few-tries-left' as const,
    certificates: [
      {
        id: 'a1',
        label: '職責証明書',
        holder: '扶桑町長',
        issuer: '地方公共団体組織認証基盤',
        notBefore: at('2025-04-01T00:00:00+09:00'),
        notAfter: at('2030-03-31T23:59:59+09:00'),
        problem: null,
      },
      {
        id: 'a2',
        label: '旧証明書',
        holder: '扶桑町長',
        issuer: '地方公共団体組織認証基盤',
        notBefore: at('2020-04-01T00:00:00+09:00'),
        notAfter: at('2025-03-31T23:59:59+09:00'),
        problem: 'expired' as const,
      },
    ],
  },
]

export function settingsHandlers(office: FakeOffice): Parts {
  const { state } = office
  const changed = () => {
    office.announce({ topic: 'settings-changed' })
    return ok({})
  }
  let samples = 0
  return {
    settings: {
      read: async () => ok(state.settings),
      writeTown: async (town) => {
        state.settings = { ...state.settings, town }
        state.townName = town.townName
        return changed()
      },
      writeSmtp: async ({ password, ...smtp }) => {
        if (smtp.mode === 'server' && smtp.host === '') return fail('HOST_MISSING', {})
        state.settings = {
          ...state.settings,
          smtp: { ...smtp, hasPassword: password !== undefined && password !== '' },
        }
        return changed()
      },
      writeTsa: async ({ password, ...tsa }) => {
        if (tsa.mode === 'server' && tsa.url === '') return fail('URL_MISSING', {})
        state.settings = {
          ...state.settings,
          tsa: { ...tsa, hasPassword: password !== undefined && password !== '' },
        }
        return changed()
      },
      writePortal: async ({ officeToken, ...portal }) => {
        if (portal.mode === 'server' && portal.url === '') return fail('URL_MISSING', {})
        state.settings = {
          ...state.settings,
          portal: { ...portal, hasToken: officeToken !== undefined && officeToken !== '' },
        }
        return changed()
      },
      writeRules: async (rules) => {
        state.settings = { ...state.settings, rules }
        return changed()
      },
      writeNetwork: async (network) => {
        state.settings = { ...state.settings, network }
        return changed()
      },
      writeCertificate: async ({ slot, uploadId, password, owner }) => {
        if (!state.files.has(uploadId)) return fail('UPLOAD_UNKNOWN', {})
        if (password === 'wrong') return fail('KEY_PASSWORD_WRONG', {})
        const certificates = state.settings.certificates.map((certificate) =>
          certificate.slot === slot
            ? { ...certificate, source: 'pkcs12' as const, owner, testPart: false }
            : certificate,
        )
        state.settings = { ...state.settings, certificates }
        const certificate = certificates.find((candidate) => candidate.slot === slot)
        if (!certificate) return fail('KEY_NOT_FOUND', {})
        changed()
        return ok({ certificate, warnings: slot === 'witness' ? ['WITNESS_KEY_OWNED_BY_PARTY'] : [] })
      },
      tokenModules: async () => ok({ modules: [{ name: 'OpenSC', path: '/usr/lib/opensc-pkcs11.so' }] }),
      listTokens: async ({ modulePath, pin }) => {
        if (modulePath.includes('missing')) return fail('MODULE_NOT_FOUND', {})
        if (pin === 'wrong') return fail('TOKEN_PIN_WRONG', {})
        return ok({ tokens: FAKE_TOKENS })
      },
      writeTokenCertificate: async ({ tokenLabel, pin, owner }) => {
        if (pin === 'wrong') return fail('TOKEN_PIN_WRONG', {})
        const certificates = state.settings.certificates.map((certificate) =>
          certificate.slot === 'town'
            ? {
                ...certificate,
                ...{ source: 'pkcs11' as const, subject: '扶桑町長', owner, token: tokenLabel },
                ...{ askPin: true, testPart: false },
              }
            : certificate,
        )
        state.settings = { ...state.settings, certificates }
        const certificate = certificates.find(({ slot }) => slot === 'town')
        if (!certificate) return fail('TOKEN_KEY_MISSING', {})
        changed()
        return ok({ certificate })
      },
      resetCertificate: async () => changed(),
      writeSealImage: async ({ uploadId }) => {
        state.settings = { ...state.settings, hasSealImage: uploadId !== undefined }
        return changed()
      },
      openSealImage: async () => fail('NOT_FOUND', {}),
      test: async ({ part }) =>
        part === 'smtp' ? ok({ detail: '250 2.0.0 Ok' }) : fail('TSA_UNREACHABLE', {}),
      exportAnchors: async () =>
        ok({
          ticket: office.ticketFor(new TextEncoder().encode('-----BEGIN CERTIFICATE-----'), 'roots.pem'),
        }),
      readiness: async () =>
        ok({
          items: [
            { code: 'town-certificate', done: false, data: { test: 1 } },
            { code: 'witness-certificate', done: false, data: { test: 1 } },
            { code: 'tsa', done: false, data: {} },
            { code: 'smtp', done: false, data: {} },
            { code: 'portal', done: false, data: {} },
            { code: 'backup', done: true, data: { reason: '', days: 0 } },
            { code: 'recovery-sheet', done: true, data: { keptAt: at('2026-04-01T09:30:00+09:00') } },
            { code: 'second-administrator', done: true, data: { count: 2 } },
          ],
        }),
      loadSamples: async () => {
        if (samples > 0) return fail('SAMPLES_PRESENT', {})
        samples = 12
        return ok({ cases: samples })
      },
      removeSamples: async () => {
        const removed = samples
        samples = 0
        return ok({ cases: removed })
      },
    },
    help: {
      read: async () =>
        ok({
          documents: [
            {
              id: 'overview',
              title: 'システム概要書',
              markdown:
                '# システム概要書\n\n電子契約デスクは、町の契約を**電子署名**で結び、保管します。\n\n## 保管\n\n- 暗号化して保存します\n- 訂正と削除の履歴を残します\n\n| 項目 | 内容 |\n|---|---|\n| 保存先 | この PC |\n| 形式 | `PAdES` |\n',
            },
            {
              id: 'manual',
              title: '操作説明書',
              markdown: '# 操作説明書\n\n1. 案件をつくる\n2. 文書を取り込む\n3. 決裁を受ける\n4. 送信する\n',
            },
          ],
        }),
    },
  }
}
