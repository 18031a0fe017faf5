import { pipeline, Readable, type Duplex } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

/** What a response to this Accept-Encoding is sent as; undefined: as it is. */
export function chooseEncoding(accepted: string | undefined): 'br' | 'gzip' | undefined {
  const offered = new Map(
    (accepted ?? '').split(',').map((part) => {
      const [name = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1]).find(Boolean);
      return [name.trim(), Number(quality ?? 1)] as const;
    }),
  );
  return (['br', 'gzip'] as const).find((encoding) => (offered.get(encoding) ?? offered.get('*') ?? 0) > 0);
}

/**
 * A body that is made as it is read: at most a few chunks are held, and the making ends when the reader goes away.
 * The levels are those past which columns get hardly smaller, only slower.
 */
export function compressStream(chunks: AsyncIterable<Buffer>, encoding: 'br' | 'gzip' | undefined): ReadableStream {
  const source = Readable.from(chunks, { objectMode: false, highWaterMark: 65_536 });
  const packer: Duplex | undefined =
    encoding === 'br'
      ? createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
      : encoding === 'gzip'
        ? createGzip({ level: 6 })
        : undefined;
  if (!packer) return Readable.toWeb(source) as ReadableStream;
  // An error of either end ends both; the reader sees a body that is cut off.
  pipeline(source, packer, () => {});
  return Readable.toWeb(packer) as ReadableStream;
}
