// Case and accents are folded the same way here and in SQL, so that "theatre" finds "Théâtre" without an extension that
// the embedded engine lacks. A character maps to one character: SQL's translate() knows nothing longer.
const accented = 'àáâãäåāăąçćčďđèéêëēęěìíîïīłñńňòóôõöøōřśšťùúûüūůýÿžźż’';
const plain = "aaaaaaaaacccddeeeeeeeiiiiilnnnooooooorsstuuuuuuyyzzz'";

/** First argument of SQL's translate() and its counterpart; both have the same length. */
export const foldedCharacters = { from: accented, to: plain };

const plainOf = new Map([...accented].map((character, index) => [character, [...plain][index] ?? character]));

/** What is typed, as it is compared: half width (Chinese input methods type full-width Latin), lower case, no accents. */
export const foldText = (text: string): string =>
  [...text.normalize('NFKC').toLowerCase()].map((character) => plainOf.get(character) ?? character).join('');

/** A folded text inside a LIKE pattern stands for itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
