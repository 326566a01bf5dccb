/** Which gathered PDF a line means. Pure. */
import type { ImportFile } from '../../core/archive/tables/import-files.ts'

export type FileMatch = ImportFile | 'FILE_NAME_EMPTY' | 'FILE_NOT_GIVEN' | 'FILE_AMBIGUOUS'
export type FileIndex = {
  readonly add: (files: readonly ImportFile[]) => void
  /** Folders before the name, the case of letters, their width, NFC or NFD and a missing `.pdf` matter only among several. */
  readonly find: (name: string) => FileMatch
}

export function createFileIndex(): FileIndex {
  const byName = new Map<string, ImportFile[]>()
  return {
    add: (files) => {
      for (const file of files) {
        const key = foldName(nameOf(file.path))
        const alike = byName.get(key)
        if (alike === undefined) byName.set(key, [file])
        else alike.push(file)
      }
    },
    find: (name) => {
      const wanted = plainPath(name)
      if (wanted === '') return 'FILE_NAME_EMPTY'
      return choose(byName.get(foldName(nameOf(wanted))) ?? [], wanted)
    },
  }
}

function choose(candidates: readonly ImportFile[], wanted: string): FileMatch {
  let left = candidates
  for (const isNearer of [isSameName, isBelowSameFolders]) {
    if (left.length < 2) break
    const nearer = left.filter((file) => isNearer(plainPath(file.path), wanted))
    if (nearer.length > 0) left = nearer
  }
  const [first] = left
  if (first === undefined) return 'FILE_NOT_GIVEN'
  // The same bytes under the same name in two folders: it does not matter which.
  return left.every(({ file }) => file.sha256 === first.file.sha256) ? first : 'FILE_AMBIGUOUS'
}

function isSameName(path: string, wanted: string): boolean {
  return nameOf(path) === nameOf(wanted)
}

function isBelowSameFolders(path: string, wanted: string): boolean {
  return `/${foldName(path)}`.endsWith(`/${foldName(wanted.replace(/^[A-Za-z]:\/?|^\/+|^(\.\/)+/, ''))}`)
}

function plainPath(path: string): string {
  return path.normalize('NFC').replaceAll('\\', '/').trim()
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? ''
}

/** Signs that Shift_JIS and Unicode take for one another, by system. */
const TWINS: Readonly<Record<string, string>> = {
  '\u301C': '~',
  '\u2212': '-',
  '\u2010': '-',
  '\u2015': '-',
  '\u2014': '-',
  '\u2225': '\u2016',
}

function foldName(name: string): string {
  return name
    .replace(/[\u301C\u2212\u2010\u2015\u2014\u2225]/g, (sign) => TWINS[sign] ?? sign)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.pdf$/, '')
}
