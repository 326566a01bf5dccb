import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

const ROOT = resolve(import.meta.dirname, '../../..')
const require = createRequire(import.meta.url)

/** Inner modules of electron-builder: its own loader, schema and file filter are the judge. */
type Builder = {
  readonly getConfig: (folder: string, path: string, options: null) => Promise<unknown>
  readonly validateConfiguration: (config: unknown, log: unknown) => Promise<void>
}
type Filter = (path: string, stat: { readonly isDirectory: () => boolean }) => boolean
const inner = (path: string) => require(join(ROOT, 'node_modules/app-builder-lib/out', path))
const { getConfig, validateConfiguration }: Builder = inner('util/config/config.js')
const { DebugLogger } = require(join(ROOT, 'node_modules/builder-util'))

const Config = z.looseObject({
  asar: z.literal(true),
  /** The loader gathers plain patterns into one filter. */
  files: z
    .array(z.object({ filter: z.array(z.string()) }))
    .transform((sets) => sets.flatMap(({ filter }) => filter)),
  asarUnpack: z.array(z.string()),
  electronFuses: z.record(z.string(), z.boolean()),
  win: z.object({ target: z.array(z.object({ target: z.string() })) }).loose(),
  mac: z.object({ target: z.array(z.string()) }).loose(),
  linux: z.object({ target: z.array(z.string()) }).loose(),
})

let raw: unknown
let config: z.output<typeof Config>
beforeAll(async () => {
  raw = await getConfig(ROOT, join(ROOT, 'electron-builder.yml'), null)
  config = Config.parse(raw)
})

const validate = (value: unknown) => validateConfiguration(value, new DebugLogger(false))

test("electron-builder's own schema accepts the configuration", async () => {
  await expect(validate(raw)).resolves.toBeUndefined()
})

test('the schema would notice a mistake', async () => {
  await expect(validate({ ...config, asarUnpacked: [] })).rejects.toThrow()
  await expect(validate({ ...config, electronFuses: { runAsNode: 'no' } })).rejects.toThrow()
})

test('makes installers for Windows, macOS and Linux', () => {
  expect(config.win.target.map(({ target }) => target)).toEqual(['nsis'])
  expect(config.mac.target).toEqual(['dmg'])
  expect(config.linux.target).toEqual(['AppImage', 'deb'])
})

test('every fuse that would let somebody run other code with our rights is set', () => {
  expect(config.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  })
})

describe('the packaged files', () => {
  const matcherOf = (patterns: readonly string[]): Filter => {
    const { FileMatcher } = inner('fileMatcher.js')
    return new FileMatcher(ROOT, '/out', (text: string) => text, [...patterns]).createFilter()
  }
  const file = { isDirectory: () => false }
  const includes = (path: string, patterns = config.files) => matcherOf(patterns)(join(ROOT, path), file)

  test.each([
    'dist/electron/main.js',
    'dist/electron/preload.cjs',
    'dist/electron/worker-entry.js',
    'dist/renderer/index.html',
    'dist/portal/index.html',
    'resources/mail/ja.json',
    'package.json',
  ])('include %s', (path) => {
    expect(includes(path)).toBe(true)
  })

  test.each([
    'test/unit/checks/electron-builder.test.ts',
    'electron/main.ts',
    'renderer/app.tsx',
    'shared/result.ts',
    'dist/stamps/renderer',
    'dist/installers/a.exe',
    'dist/electron/main.js.map',
    'README.md',
    '.ci/run',
  ])('leave out %s', (path) => {
    expect(includes(path)).toBe(false)
  })

  test('leave out the packages that pages brought with them, and keep those that run', () => {
    const exclusions = ['**/*', ...config.files.filter((pattern) => pattern.startsWith('!'))]
    for (const path of [
      'react-dom/index.js',
      '@expo-google-fonts/noto-sans-jp/900Black/NotoSansJP_900Black.ttf',
    ])
      expect(includes(`node_modules/${path}`, exclusions)).toBe(false)
    for (const path of [
      'zod/index.js',
      'pdfjs-dist/legacy/build/pdf.mjs',
      'pdfjs-dist/cmaps/H.bcmap',
      '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
      '@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf',
    ])
      expect([path, includes(`node_modules/${path}`, exclusions)]).toEqual([path, true])
  })

  test('keep native code outside the archive', () => {
    const unpacked = matcherOf(config.asarUnpack)
    for (const path of ['better-sqlite3/prebuilds/linux-x64/node.node', 'pkcs11js/build/Release/pkcs11.node'])
      expect(unpacked(join(ROOT, 'node_modules', path), file)).toBe(true)
  })
})

test('what the configuration names is there: entry, icons and the two font weights in use', async () => {
  const manifest = z
    .object({ main: z.string() })
    .parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')))
  expect(manifest.main).toBe('dist/electron/main.js')
  const icon = await readFile(join(ROOT, 'resources/icons/icon.png'))
  // Windows wants 256 pixels, macOS 512.
  expect(icon.readUInt32BE(16)).toBeGreaterThanOrEqual(512)
})
