/** The page's only Trusted Types policy (W3C Trusted Types §4.1): script addresses of our own origin, nothing else. */
type Policy = { readonly createScriptURL: (url: string) => unknown }
type Factory = {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ) => Policy
}

let policy: Policy | undefined

/** Passes an address of our own origin to a script sink such as `new Worker`; throws TypeError for any other. */
export function trustedScriptUrl(url: string): string {
  policy ??= makePolicy()
  // Browsers without Trusted Types take the plain string; the others take the policy's object, which has no type here.
  return policy.createScriptURL(url) as string
}

function makePolicy(): Policy {
  const rules = { createScriptURL: sameOriginUrl }
  const factory = (globalThis as { readonly trustedTypes?: Factory }).trustedTypes
  return factory === undefined ? rules : factory.createPolicy('app', rules)
}

function sameOriginUrl(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError('Script of another origin')
  return url
}
