import type { Context } from 'hono';
import { Problem } from '../errors.ts';

/** A full report of 1,000 fixes with every field is about 300 kB. */
export const maxBodyBytes = 1_000_000;

/** The body as text. @throws {Problem} as `readBody` */
export const readBodyText = async (context: Context): Promise<string> => (await readBody(context)).toString('utf8');

/**
 * The body.
 * @throws {Problem} 413 when it is longer than `maxBodyBytes`, before it is read where its length is announced.
 */
export async function readBody(context: Context): Promise<Buffer> {
  const announced = context.req.header('content-length');
  // The HTTP parser holds a sender to the length it announced, so the quick way is bounded.
  if (announced !== undefined) {
    if (Number(announced) > maxBodyBytes) throw tooLarge();
    return Buffer.from(await context.req.arrayBuffer());
  }
  const { body } = context.req.raw;
  if (!body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws {Problem} 400 when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(400, 'malformed-json', 'The body is not JSON', {
      detail: (error as Error).message.slice(0, 200),
    });
  }
}

const tooLarge = (): Problem =>
  new Problem(413, 'body-too-large', 'The body is too large', {
    detail: `A report may have at most ${maxBodyBytes} bytes; send it in parts.`,
  });
