/**
 * A list inside one cell, as people write it: entries separated by ; ；or line ends, parts of an entry by : ：. An array,
 * as GeoJSON properties may hold, comes back as it is.
 */
export function readListing(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  const text = String(value).trim();
  if (text === '') return [];
  if (text.startsWith('[')) {
    try {
      const parsed = JSON.parse(text) as unknown;
      if (Array.isArray(parsed)) return parsed;
    } catch {
      // Not JSON, then it is a name in brackets.
    }
  }
  return text
    .split(/[;；\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => entry.split(/[:：]/).map((part) => part.trim()));
}
