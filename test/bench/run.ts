/**
 * `npm run bench -- NAME [--json]`: measures against a limit and a peer in one run. NAME is a module of this folder
 * that exports `run(): AsyncIterable<Measurement>`. Exit 0 = every limit reached, 1 = one missed, 2 = wrong usage.
 */
import { enableCompileCache } from 'node:module'
import { resolve } from 'node:path'
import type { Measurement } from './measurement.ts'

// As `npm start` does: the compiler of types and its memory are no part of the program.
enableCompileCache(resolve(import.meta.dirname, '../../dist/cache'))

type Bench = { readonly run: () => AsyncIterable<Measurement> }

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  sign: () => import('./sign.ts'),
  verify: () => import('./verify.ts'),
  search: () => import('./search.ts'),
  vault: () => import('./vault.ts'),
  bulk: () => import('./bulk.ts'),
  start: () => import('./start.ts'),
}

function describe({ name, value, unit, reach, reached, note }: Measurement): string {
  const mark = reached === undefined ? ' ' : reached ? '✓' : '✗'
  const limit = reach === undefined ? '' : `  (${reach})`
  const more = note === undefined ? '' : `  ${note}`
  return `${mark} ${name}: ${value} ${unit}${limit}${more}`
}

const args = process.argv.slice(2)
const json = args.includes('--json')
const [name = '', ...rest] = args.filter((arg) => arg !== '--json')
const load = Object.hasOwn(BENCHES, name) && rest.length === 0 ? BENCHES[name] : undefined
if (load === undefined) {
  console.error(`使い方: npm run bench -- ${Object.keys(BENCHES).join('|')} [--json]`)
  process.exitCode = 2
} else {
  let missed = 0
  for await (const measurement of (await load()).run()) {
    if (measurement.reached === false) missed += 1
    console.log(json ? JSON.stringify(measurement) : describe(measurement))
  }
  process.exitCode = missed === 0 ? 0 : 1
}
