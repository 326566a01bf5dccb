/**
 * Technical log. Texts are English and carry no names, addresses, keys or file contents;
 * `fields` hold ids, codes, counts and times only.
 */
export type Logger = {
  readonly info: (event: string, fields?: Readonly<Record<string, string | number | boolean>>) => void
  readonly warn: (event: string, fields?: Readonly<Record<string, string | number | boolean>>) => void
  readonly error: (
    event: string,
    error: unknown,
    fields?: Readonly<Record<string, string | number | boolean>>,
  ) => void
}

export const silentLogger: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
