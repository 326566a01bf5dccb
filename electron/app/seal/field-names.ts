/** Name of a signature field inside the PDF. Ids are stable, have no dots and tell nothing to outsiders. */
export function pdfFieldName(of: { readonly id: string } | string): string {
  return `Signature-${typeof of === 'string' ? of : of.id}`
}
