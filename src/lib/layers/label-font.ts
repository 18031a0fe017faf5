/** The families of the whole screen; the first is shipped with the app, since a bare wall has no Chinese font. */
export const labelFontFamily = "'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
export const labelFontWeight = 600;
/** What `document.fonts.load` wants, for the same letters. */
export const labelFontCss = `${labelFontWeight} 48px ${labelFontFamily}`;

/** Text properties of every label; the atlas holds `characters` and grows with them. */
export const labelFont = (characters: Iterable<string>) => ({
  fontFamily: labelFontFamily,
  fontWeight: labelFontWeight,
  // Distance fields keep letters sharp at every size and give them an outline.
  fontSettings: { sdf: true, fontSize: 48, buffer: 8, radius: 12, cutoff: 0.22, smoothing: 0.12 },
  characterSet: new Set(characters),
});
