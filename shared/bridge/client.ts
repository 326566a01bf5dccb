import type { BridgeTable, Client } from './define.ts'

/** Derives the renderer's typed client from the table; `call` carries one call to the main side and never rejects. */
export function createClient<Table extends BridgeTable>(
  table: Table,
  call: (channel: string, input: unknown) => Promise<unknown>,
): Client<Table> {
  const groups = Object.entries(table).map(([group, procedures]) => {
    const entries = Object.keys(procedures).map((name) => {
      return [name, (input: unknown) => call(`${group}.${name}`, input)] as const
    })
    return [group, Object.fromEntries(entries)] as const
  })
  return Object.fromEntries(groups) as Client<Table>
}
