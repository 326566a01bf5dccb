/**
 * Name of a signer's field inside the PDF, as readers show it in their signature panel: by the signer's place in the case,
 * which is fixed while the case is out of 作成中. A corrected name or address does not change it.
 *
 * @param position of the signer in the case, 0 for the first
 */
export function pdfFieldName(position: number): string {
  return `契約署名${position + 1}`
}
