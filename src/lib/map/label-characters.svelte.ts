import { labelFontCss } from '$lib/layers/label-font.ts';

/**
 * The characters that canvas labels may use: those whose font files have come. A canvas draws with what is there and
 * never again, so a label that is drawn too early would stay a row of boxes on a machine without a Chinese font.
 */
export class LabelCharacters {
  #ready = $state.raw<ReadonlySet<string>>(new Set());
  readonly #asked = new Set<string>();

  get ready(): ReadonlySet<string> {
    return this.#ready;
  }

  /** Asks for the fonts of all characters in `texts`; those that cannot be had are drawn with what the machine has. */
  want(texts: Iterable<string>): void {
    const fresh = new Set<string>();
    for (const text of texts) {
      for (const character of text) {
        if (this.#asked.has(character)) continue;
        this.#asked.add(character);
        fresh.add(character);
      }
    }
    if (fresh.size === 0) return;
    document.fonts
      .load(labelFontCss, [...fresh].join(''))
      .catch(() => [])
      .then(() => (this.#ready = new Set([...this.#ready, ...fresh])));
  }

  /** Whether all of a text can be drawn. */
  has(text: string): boolean {
    for (const character of text) if (!this.#ready.has(character)) return false;
    return true;
  }
}
