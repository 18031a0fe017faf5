/** Reads a server's WebSocket frames off a raw socket with as little work as can be: the generator's CPU is not what is measured. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #toSkip = 0;
  readonly #onFrame: (firstByte: number, head: Buffer) => void;

  /** @param onFrame gets a frame's first byte and the first bytes of its payload, up to 24 of them */
  constructor(onFrame: (firstByte: number, head: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    if (this.#toSkip >= chunk.length) {
      this.#toSkip -= chunk.length;
      return;
    }
    let rest = this.#toSkip > 0 ? chunk.subarray(this.#toSkip) : chunk;
    this.#toSkip = 0;
    if (this.#pending.length > 0) rest = Buffer.concat([this.#pending, rest]);
    let offset = 0;
    for (;;) {
      const left = rest.length - offset;
      if (left < 2) break;
      const short = rest[offset + 1]! & 0x7f;
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (left < start) break;
      const bytes = start === 2 ? short : start === 4 ? rest.readUInt16BE(offset + 2) : rest.readUIntBE(offset + 4, 6);
      const headBytes = Math.min(bytes, 24);
      if (left < start + headBytes) break;
      this.#onFrame(rest[offset]!, rest.subarray(offset + start, offset + start + headBytes));
      if (left < start + bytes) {
        this.#toSkip = start + bytes - left;
        offset = rest.length;
        break;
      }
      offset += start + bytes;
    }
    this.#pending = offset < rest.length ? Buffer.from(rest.subarray(offset)) : Buffer.alloc(0);
  }
}

/** A client's text frame; a mask of zeros is a mask. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0])
      : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([header, payload]);
}

export const upgradeRequest = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
