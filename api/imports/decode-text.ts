import { OperatorError } from '../environment.ts';

/** Text of a file and how it was written. Line ends become \n, so that line numbers are those of an editor. */
export interface DecodedText {
  text: string;
  encoding: 'UTF-8' | 'UTF-16' | 'GB18030';
}

/**
 * UTF-8 when it can be, else GB18030, in which Chinese spreadsheets save; UTF-16 by its byte order mark.
 * @throws {OperatorError} when it is none of them.
 */
export function decodeText(bytes: Uint8Array, fileName: string): DecodedText {
  const { text, encoding } = decode(bytes, fileName);
  return { text: text.replace(/\r\n?/g, '\n'), encoding };
}

function decode(bytes: Uint8Array, fileName: string): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'UTF-16' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), encoding: 'UTF-16' };
  for (const encoding of ['UTF-8', 'GB18030'] as const) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!text.includes('\0')) return { text, encoding };
    } catch {
      // Not this encoding.
    }
  }
  throw new OperatorError(`${fileName} is not text in UTF-8 or GB18030: save it as CSV (UTF-8) or GeoJSON.`);
}
