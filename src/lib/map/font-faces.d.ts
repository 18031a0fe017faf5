// Written by scripts/build-fonts.mjs before every build; a fresh clone that only checks types has none.
declare module '*/fonts/faces.js' {
  /** Every file of the shipped Chinese font by its name in the base map's style, with the characters it draws. */
  export const fontFaces: Record<string, { url: string; 'unicode-range': string[] }[]>;
}
