/** Hands a file to whoever sits there, by the browser's own download. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** "东城派出所 incidents 2026-11-22 1304.csv": no sign that a file system refuses. */
export const fileName = (parts: readonly string[], ending: string): string =>
  `${parts.join(' ').replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '-')}.${ending}`;
