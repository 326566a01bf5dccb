import { useSyncExternalStore } from 'react'

/** Where the page is: `#/cases/abc?tab=signers` → path ['cases', 'abc'], query tab=signers. */
export type Route = { readonly path: readonly string[]; readonly query: URLSearchParams }

let cached: { hash: string; route: Route } | undefined

function currentRoute(): Route {
  const { hash } = window.location
  if (cached?.hash === hash) return cached.route
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const route = {
    path: path.split('/').filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(query),
  }
  cached = { hash, route }
  return route
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, currentRoute)
}

export function hrefOf(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const tail = kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`
  return `#/${path.map(encodeURIComponent).join('/')}${tail}`
}

export function navigate(href: string): void {
  window.location.hash = href
}
/** Same place, other view of it: the back button skips it. */
export function replaceRoute(href: string): void {
  window.history.replaceState(null, '', href)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
