import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type PlantedTree, plantTree } from '../../support/planted-tree.ts'

/** What is imported below, one innocent file per folder. */
const INNOCENT = [
  'shared/result.ts',
  'shared/bridge/bridge.ts',
  'electron/core/kit/clock.ts',
  'electron/core/signing/sign.ts',
  'electron/core/archive/open.ts',
  'electron/core/archive/tables/cases.ts',
  'electron/core/mail/outbox.ts',
  'electron/app/dispatch.ts',
  'electron/host/browser/server.ts',
  'electron/host/electron/window.ts',
  'renderer/app.ts',
  'renderer/bridge/client.ts',
  'renderer/ui/button.ts',
  'renderer/features/cases/store.ts',
  'renderer/features/viewer/viewer.ts',
  'renderer/portal/page.ts',
  'test/support/clock.ts',
  'electron/app/utils.ts',
]

/** Rule → file that breaks it → the import that does. */
const PLANTED: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['shared-is-pure', 'shared/x1.ts', 'react'],
  ['shared-is-pure', 'shared/x2.ts', 'node:fs'],
  ['shared-is-pure', 'shared/x3.ts', '../electron/core/kit/clock.ts'],
  ['core-knows-no-electron', 'electron/core/mail/x1.ts', 'electron'],
  ['core-knows-no-electron', 'electron/core/mail/x2.ts', '../../app/dispatch.ts'],
  ['core-knows-no-electron', 'electron/core/mail/x3.ts', '../../host/browser/server.ts'],
  ['core-knows-no-electron', 'electron/core/mail/x4.ts', '../../../renderer/ui/button.ts'],
  ['app-knows-no-host', 'electron/app/x1.ts', '../host/browser/server.ts'],
  ['app-knows-no-host', 'electron/app/x2.ts', 'electron'],
  ['app-knows-no-host', 'electron/app/x3.ts', '../../renderer/ui/button.ts'],
  ['electron-only-in-its-host', 'electron/host/browser/x1.ts', 'electron'],
  ['electron-only-in-its-host', 'renderer/features/cases/x1.ts', 'electron'],
  ['electron-only-in-its-host', 'shared/x4.ts', 'electron'],
  ['hosts-are-strangers', 'electron/host/browser/x2.ts', '../electron/window.ts'],
  ['hosts-are-strangers', 'electron/host/electron/x1.ts', '../browser/server.ts'],
  ['core-domains-are-strangers', 'electron/core/mail/x5.ts', '../archive/open.ts'],
  ['core-domains-are-strangers', 'electron/core/signing/x1.ts', '../mail/outbox.ts'],
  ['core-domains-are-strangers', 'electron/core/kit/x1.ts', '../signing/sign.ts'],
  ['kit-has-no-packages', 'electron/core/kit/x2.ts', 'zod'],
  ['migrations-import-nothing', 'electron/core/archive/migrations/0009-x.ts', '../tables/cases.ts'],
  ['migrations-import-nothing', 'electron/core/archive/migrations/0010-x.ts', 'node:crypto'],
  ['home-of-better-sqlite3', 'electron/app/x4.ts', 'better-sqlite3'],
  ['home-of-kysely', 'electron/core/audit/x1.ts', 'kysely'],
  ['home-of--node-forge-pkcs11js-', 'electron/app/x5.ts', 'pkcs11js'],
  ['home-of--node-forge-pkcs11js-', 'electron/core/mail/x6.ts', 'node-forge'],
  ['home-of--pdf-lib-fontkit-', 'electron/app/x6.ts', 'pdf-lib'],
  ['home-of--nodemailer-smtp-server-mailparser-', 'electron/app/x7.ts', 'nodemailer'],
  ['home-of--hono-hono-', 'electron/app/x8.ts', 'hono'],
  ['home-of-pdfjs-dist', 'electron/app/x9.ts', 'pdfjs-dist'],
  ['home-of--csv-parse-iconv-lite-yauzl-', 'electron/app/x13.ts', 'yauzl'],
  ['home-of-zustand', 'renderer/ui/x1.ts', 'zustand'],
  ['preload-only-electron', 'electron/preload.ts', './app/dispatch.ts'],
  ['nothing-imports-test', 'electron/app/x10.ts', '../../test/support/clock.ts'],
  ['nothing-imports-test', 'renderer/x1.ts', '../test/support/clock.ts'],
  ['renderer-only-sees-shared', 'renderer/features/cases/x2.ts', '../../../electron/app/dispatch.ts'],
  ['renderer-only-sees-shared', 'renderer/bridge/x1.ts', '../../electron/core/kit/clock.ts'],
  ['renderer-only-sees-shared', 'renderer/x2.ts', 'better-sqlite3'],
  ['renderer-no-node-builtins', 'renderer/ui/x2.ts', 'node:path'],
  ['renderer-no-node-builtins', 'shared/x5.ts', 'node:crypto'],
  ['features-are-strangers', 'renderer/features/cases/x3.ts', '../viewer/viewer.ts'],
  ['ui-is-dumb', 'renderer/ui/x3.ts', '../features/cases/store.ts'],
  ['ui-is-dumb', 'renderer/ui/x4.ts', '../bridge/client.ts'],
  ['portal-page-never-sees-bridge', 'renderer/portal/x1.ts', '../bridge/client.ts'],
  ['portal-page-never-sees-bridge', 'renderer/portal/x2.ts', '../../shared/bridge/bridge.ts'],
  ['portal-page-never-sees-bridge', 'renderer/portal/x3.ts', '../features/cases/store.ts'],
  ['no-drawers', 'electron/app/x12.ts', './utils.ts'],
  ['no-circular', 'electron/app/circle-a.ts', './circle-b.ts'],
  ['no-unresolvable', 'electron/app/x11.ts', './is-not-there.ts'],
]

/** Types only: the direction of a dependency counts also where it leaves no trace at run time. */
const TYPE_ONLY: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['electron-only-in-its-host', 'renderer/t1.ts', 'electron'],
  ['renderer-only-sees-shared', 'renderer/t2.ts', '../electron/app/dispatch.ts'],
  ['core-domains-are-strangers', 'electron/core/mail/t1.ts', '../archive/open.ts'],
  ['app-knows-no-host', 'electron/app/t1.ts', '../host/browser/server.ts'],
  ['shared-is-pure', 'shared/t1.ts', '../electron/app/dispatch.ts'],
]

/** Imports that the layout wants. */
const ALLOWED: readonly (readonly [file: string, imported: string])[] = [
  ['electron/host/electron/y1.ts', 'electron'],
  ['electron/host/browser/y1.ts', '../../app/dispatch.ts'],
  ['electron/app/y1.ts', '../core/signing/sign.ts'],
  ['electron/core/mail/y1.ts', '../kit/clock.ts'],
  ['electron/core/mail/y2.ts', 'nodemailer'],
  ['electron/core/archive/tables/y1.ts', 'kysely'],
  ['electron/core/kit/y1.ts', 'node:crypto'],
  ['renderer/features/cases/y1.ts', '../../ui/button.ts'],
  ['renderer/bridge/y1.ts', '../../shared/bridge/bridge.ts'],
  ['shared/y1.ts', 'zod'],
  ['test/support/y1.ts', '../../electron/app/dispatch.ts'],
]

const Report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})

let tree: PlantedTree
/** Names of the rules that each file broke. */
let broken: Map<string, string[]>

beforeAll(async () => {
  const files: Record<string, string> = {
    'electron/app/circle-b.ts': "import './circle-a.ts'\nexport const b = 1\n",
  }
  for (const path of INNOCENT) files[path] = 'export type Thing = number\nexport const thing = 1\n'
  for (const [, path, imported] of PLANTED) files[path] = `import '${imported}'\nexport const x = 1\n`
  for (const [path, imported] of ALLOWED) files[path] = `import '${imported}'\nexport const x = 1\n`
  for (const [, path, imported] of TYPE_ONLY)
    files[path] = `import type * as other from '${imported}'\nexport type X = typeof other\n`
  tree = await plantTree(files)
  // The packages are reached through a link here; without this they would count as lying outside.
  const config = join(tree.folder, 'config.cjs')
  await writeFile(
    config,
    `const rules = require('./test/checks/dependency-cruiser.cjs')
     module.exports = { ...rules, options: { ...rules.options, preserveSymlinks: true } }`,
  )
  const output = tree.run(
    '.bin/depcruise',
    '--config',
    config,
    '--output-type',
    'json',
    'shared',
    'electron',
    'renderer',
    'test',
  )
  const report = Report.parse(JSON.parse(output.slice(output.indexOf('{'))))
  broken = new Map()
  for (const { from, rule } of report.summary.violations)
    broken.set(from, [...(broken.get(from) ?? []), rule.name])
}, 120_000)
afterAll(() => tree.remove())

test.each([...PLANTED, ...TYPE_ONLY])('%s: %s must not import %s', (rule, file) => {
  expect(broken.get(file) ?? []).toContain(rule)
})

test.each(ALLOWED)('%s may import %s', (file) => {
  expect(broken.get(file)).toBeUndefined()
})

test('files that import nothing break nothing', () => {
  expect(INNOCENT.filter((file) => broken.has(file))).toEqual([])
})
