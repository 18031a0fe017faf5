import type { Duplex } from 'node:stream';

/** What a viewer says most often, up to its number. */
const opening = Buffer.from('{"type":"echo","tick":');
const [zero, closingBrace] = [48, 125];
/** RFC 6455, 5.2: a final text frame; a masked one, its length in seven bits. */
const finalText = 0x81;
const masked = 0x80;
const headerBytes = 6;

/**
 * The tick of an echo, read off the socket's own bytes; undefined: these bytes are anything but one whole frame with an
 * echo written the usual way.
 */
export function readEcho(chunk: Buffer): number | undefined {
  const length = chunk.length - headerBytes;
  const digitsEnd = length - 1;
  if (digitsEnd <= opening.length || digitsEnd > opening.length + 10) return undefined;
  if (chunk[0] !== finalText || chunk[1] !== (masked | length)) return undefined;
  const byteAt = (index: number): number => chunk[headerBytes + index]! ^ chunk[2 + (index & 3)]!;
  if (byteAt(digitsEnd) !== closingBrace) return undefined;
  for (let index = 0; index < opening.length; index++) if (byteAt(index) !== opening[index]) return undefined;
  let tick = 0;
  for (let index = opening.length; index < digitsEnd; index++) {
    const digit = byteAt(index) - zero;
    if (digit < 0 || digit > 9) return undefined;
    tick = tick * 10 + digit;
  }
  return tick;
}

/**
 * Takes echoes off a socket before the WebSocket library reads it, which costs several times what a tick's write does.
 * Everything else goes to the library, and all goes there when it takes its listener away. Amid a longer message the
 * same bytes could be part of it: who sends such ones loses its own message.
 */
export function takeEchoes(socket: Duplex, onEcho: (tick: number) => void): void {
  const [read] = socket.listeners('data') as ((this: Duplex, chunk: Buffer) => void)[];
  if (!read) throw new Error('the WebSocket library does not read its socket');
  // By `listener`, as `once` does it, `off('data', read)` finds what stands in its place.
  const take = Object.assign(
    (chunk: Buffer): void => {
      const tick = readEcho(chunk);
      if (tick === undefined) read.call(socket, chunk);
      else onEcho(tick);
    },
    { listener: read },
  );
  socket.off('data', read);
  socket.on('data', take);
}
