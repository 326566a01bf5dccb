/**
 * Joins letters and marks that belong together (か + ゛ → が, as macOS writes file names), and nothing else.
 *
 * Never use NFC on names: it turns compatibility ideographs (神 U+FA19, 塚 U+FA10, 郞 …) into other letters, and a
 * person's name must stay as it was written.
 */
export function composeMarks(text: string): string {
  return text.replace(
    /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Latin}][\u0300-\u036f\u3099\u309a]+/gu,
    (part) => part.normalize('NFC'),
  )
}
