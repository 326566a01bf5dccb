/**
 * What a page of the office may do, as HTTP headers. Both hosts send the same, so a page that works in one works in
 * the other. Scripts come from our own files only and DOM sinks take Trusted Types made by the policy `app`.
 */
export function contentSecurityPolicy(styleNonce: string): string {
  return [
    "default-src 'none'",
    // WebAssembly: the image decoders of pdf.js.
    "script-src 'self' 'wasm-unsafe-eval'",
    // The nonce is for the two small style elements that React Aria adds; attributes need none (CSSOM).
    `style-src 'self' 'nonce-${styleNonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types app',
  ].join('; ')
}

/** For answers that are not a page: if one is ever opened as a document, nothing in it runs. */
export const INERT_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

/** On every answer. `no-store`: contract data must not stay in a browser's cache on disk. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
  'x-frame-options': 'DENY',
}

export function jsonAnswer(status: number, value: unknown): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-security-policy': INERT_POLICY,
      'content-type': 'application/json; charset=utf-8',
    },
  })
}

export function textAnswer(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-security-policy': INERT_POLICY,
      'content-type': 'text/plain; charset=utf-8',
    },
  })
}
