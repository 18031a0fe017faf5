import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { PbfReader } from 'pbf';
import { OperatorError } from '../../environment.ts';

const inflateAsync = promisify(inflate);

/** One block of an .osm.pbf file, decompressed. */
export interface OsmBlock {
  type: string;
  bytes: Uint8Array;
  /** Where the file stands after it, bytes. */
  endOffset: number;
}

// Limits of the format. https://wiki.openstreetmap.org/wiki/PBF_Format
const maxHeaderBytes = 64 * 1024;
const maxBlobBytes = 32 * 1024 * 1024;

/**
 * Reads a file block by block; memory holds one block.
 * @throws {OperatorError} saying what is wrong with the file: not a PBF, cut short, damaged, a compression we cannot read.
 */
export async function* readBlocks(path: string): AsyncGenerator<OsmBlock> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(`${path} cannot be opened (${error.code}): check the path and that this user may read it.`);
  });
  try {
    const { size } = await file.stat();
    let offset = 0;
    const take = async (length: number): Promise<Buffer> => {
      if (offset + length > size)
        throw new OperatorError(
          `${path} ends in the middle of a block (${size} bytes, ${offset + length} expected): it was cut short, download it again.`,
        );
      const bytes = Buffer.allocUnsafe(length);
      await file.read(bytes, 0, length, offset);
      offset += length;
      return bytes;
    };
    if (size === 0) throw new OperatorError(`${path} is empty.`);
    while (offset < size) {
      const isFirst = offset === 0;
      const headerLength = isFirst && size < 4 ? 0 : (await take(4)).readUInt32BE(0);
      if (headerLength === 0 || headerLength > maxHeaderBytes) throw isFirst ? notPbf(path) : damaged(path, offset);
      const header = readHeader(
        await take(headerLength).catch((error) => Promise.reject(isFirst ? notPbf(path) : error)),
      );
      if (isFirst && header?.type !== 'OSMHeader') throw notPbf(path);
      if (!header || header.blobLength > maxBlobBytes) throw damaged(path, offset);
      const blobOffset = offset;
      const bytes = await unpack(await take(header.blobLength), path, blobOffset);
      yield { type: header.type, bytes, endOffset: offset };
    }
  } finally {
    await file.close();
  }
}

const notPbf = (path: string) =>
  new OperatorError(
    `${path} is not an OpenStreetMap PBF file: take an extract that ends in .osm.pbf (an .osm or .osm.bz2 can be turned into one with osmium cat).`,
  );

export const damaged = (path: string, offset: number) =>
  new OperatorError(`${path} is damaged near byte ${offset}: download it again.`);

function readHeader(bytes: Buffer): { type: string; blobLength: number } | undefined {
  try {
    const header = { type: '', blobLength: -1 };
    new PbfReader(bytes).readFields((tag, result, pbf) => {
      if (tag === 1) result.type = pbf.readString();
      else if (tag === 3) result.blobLength = pbf.readVarint();
    }, header);
    return header.blobLength < 0 ? undefined : header;
  } catch {
    return undefined;
  }
}

async function unpack(bytes: Buffer, path: string, offset: number): Promise<Uint8Array> {
  const blob: { raw?: Uint8Array; zlib?: Uint8Array; rawSize: number; other: boolean } = { rawSize: 0, other: false };
  try {
    new PbfReader(bytes).readFields((tag, result, pbf) => {
      if (tag === 1) result.raw = pbf.readBytes();
      else if (tag === 2) result.rawSize = pbf.readVarint();
      else if (tag === 3) result.zlib = pbf.readBytes();
      else if (tag >= 4 && tag <= 7) result.other = true;
    }, blob);
    if (blob.raw) return blob.raw;
    if (blob.zlib) {
      const unpacked = await inflateAsync(blob.zlib, { maxOutputLength: maxBlobBytes });
      if (unpacked.length === blob.rawSize) return unpacked;
    }
  } catch {
    throw damaged(path, offset);
  }
  if (blob.other)
    throw new OperatorError(
      `${path} is packed with a compression other than zlib: rewrite it with osmium cat in.osm.pbf -o out.osm.pbf.`,
    );
  throw damaged(path, offset);
}
