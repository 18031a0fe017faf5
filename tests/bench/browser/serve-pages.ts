import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { buildPages } from './build-pages.ts';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
};

/** Bytes at an address, as a server would send them. */
export interface Served {
  body: Uint8Array;
  /** br or gzip when `body` is packed. */
  encoding?: string;
}

/** The benchmarks' pages on a free port of localhost, and beside them what they are to read. */
export async function servePages(
  files: ReadonlyMap<string, Served>,
): Promise<{ url: string; requests: string[]; close(): void }> {
  const folder = await buildPages();
  const requests: string[] = [];
  const emptyMap = JSON.stringify({ tilejson: '3.0.0', tiles: ['http://localhost/none/{z}/{x}/{y}'], maxzoom: 0 });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    requests.push(pathname);
    const served = files.get(pathname);
    const path = join(folder, pathname === '/' ? 'index.html' : pathname);
    if (served) {
      response.setHeader('Content-Length', served.body.length);
      if (served.encoding) response.setHeader('Content-Encoding', served.encoding);
      response.end(served.body);
    } else if (pathname === '/base.json') response.setHeader('Content-Type', 'application/json').end(emptyMap);
    else if (!pathname.includes('..') && existsSync(path)) {
      response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
      createReadStream(path).pipe(response);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
