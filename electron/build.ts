/**
 * `npm run build`: the office's pages, the portal's pages and the bundles that Electron runs → dist/.
 * `ensureBuilt` makes only what is older than its sources; `npm start` and the tests use it.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { InlineConfig } from 'vite'

const ROOT = resolve(import.meta.dirname, '..')

export type BundleName = 'renderer' | 'portal' | 'electron'

type Bundle = {
  /** Folders and files whose contents decide whether the bundle is fresh. */
  readonly sources: readonly string[]
  /** A file that the finished bundle has. */
  readonly proof: string
  readonly build: (outFolder: string) => Promise<void>
}

const COMMON_SOURCES = ['shared', 'package-lock.json', 'electron/build.ts']

const BUNDLES: Readonly<Record<BundleName, Bundle>> = {
  renderer: {
    sources: ['renderer', ...COMMON_SOURCES],
    proof: 'index.html',
    build: (outDir) => buildPages('renderer/vite.config.ts', outDir),
  },
  portal: {
    sources: [
      'renderer/portal',
      'renderer/pdf',
      'renderer/ui',
      'renderer/vite.config.ts',
      'renderer/vite.portal.config.ts',
      ...COMMON_SOURCES,
    ],
    proof: 'index.html',
    build: (outDir) => buildPages('renderer/vite.portal.config.ts', outDir),
  },
  electron: { sources: ['electron', ...COMMON_SOURCES], proof: 'main.js', build: buildElectron },
}

/** Builds the bundles whose sources changed since they were built. @returns the names that were built */
export async function ensureBuilt(names: readonly BundleName[]): Promise<BundleName[]> {
  const built: BundleName[] = []
  for (const name of names) {
    const digest = await digestOf(BUNDLES[name].sources)
    if (existsSync(join(ROOT, 'dist', name, BUNDLES[name].proof)) && (await readStamp(name)) === digest)
      continue
    await buildBundle(name, digest)
    built.push(name)
  }
  return built
}

/** Built beside its place and moved there: another process never sees half a bundle. */
async function buildBundle(name: BundleName, digest: string): Promise<void> {
  const building = join(ROOT, 'dist', `.building-${name}-${process.pid}`)
  const finished = join(ROOT, 'dist', name)
  const replaced = join(ROOT, 'dist', `.replaced-${name}-${process.pid}`)
  try {
    await BUNDLES[name].build(building)
    if (existsSync(finished)) await rename(finished, replaced)
    await rename(building, finished)
    await mkdir(join(ROOT, 'dist/stamps'), { recursive: true })
    await writeFile(join(ROOT, 'dist/stamps', name), digest)
  } finally {
    await rm(building, { recursive: true, force: true })
    await rm(replaced, { recursive: true, force: true })
  }
}

async function buildPages(configFile: string, outDir: string): Promise<void> {
  const { build } = await import('vite')
  // A test runner's NODE_ENV=test would bring React's development build into what `npm start` then serves.
  const { NODE_ENV: before } = process.env
  process.env.NODE_ENV = 'production'
  try {
    await build({
      configFile: join(ROOT, configFile),
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
    })
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

/**
 * main, the command line (which also runs the portal) and the worker threads as ES modules side by side, so that a
 * path relative to one is right for all; the preload as one CommonJS file, because a sandboxed preload must be one.
 * Packages stay outside: they are in node_modules of the packaged program too, and native ones cannot be bundled.
 */
async function buildElectron(outDir: string): Promise<void> {
  const { build } = await import('vite')
  const common: InlineConfig = { configFile: false, root: ROOT, logLevel: 'error', publicDir: false }
  const entries = {
    main: join(ROOT, 'electron/main.ts'),
    cli: join(ROOT, 'electron/cli.ts'),
    'worker-entry': join(ROOT, 'electron/app/work/worker-entry.ts'),
  }
  await build({
    ...common,
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: entries,
        external: ['electron'],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
  await build({
    ...common,
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: { preload: join(ROOT, 'electron/preload.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  })
}

async function readStamp(name: BundleName): Promise<string | undefined> {
  const path = join(ROOT, 'dist/stamps', name)
  return existsSync(path) ? readFile(path, 'utf8') : undefined
}

/** SHA-256 over names and contents: a checkout or a copy changes times, not contents. */
async function digestOf(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const source of [...sources].sort()) {
    for (const path of (await filesUnder(join(ROOT, source))).sort()) {
      hash.update(path.slice(ROOT.length)).update('\0')
      hash.update(await readFile(path))
    }
  }
  return hash.digest('hex')
}

async function filesUnder(path: string): Promise<string[]> {
  if (/\.\w+$/.test(path)) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

if (import.meta.main) {
  const names: BundleName[] = ['renderer', 'portal', 'electron']
  for (const name of names) {
    const started = performance.now()
    await buildBundle(name, await digestOf(BUNDLES[name].sources))
    console.log(`dist/${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
}
