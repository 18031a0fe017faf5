import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where phones fetch it. */
export const authorityUrlPath = '/shaodian.crt';

/**
 * Hands out the authority's certificate, which is public, and nothing else, over plain http: a phone that does not know
 * the authority yet could not fetch it by https. Whoever installs it compares the fingerprint with the terminal's.
 */
export async function serveAuthority(pem: string, port = 0): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (!['GET', 'HEAD'].includes(request.method ?? '') || request.url !== authorityUrlPath) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not here\n');
      return;
    }
    response.writeHead(200, {
      // By this type iOS and Android offer to install it (RFC 2585 names pkix-cert; both take the older one too).
      'Content-Type': 'application/x-x509-ca-cert',
      'Content-Disposition': 'attachment; filename="shaodian.crt"',
      'Content-Length': Buffer.byteLength(pem),
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : pem);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
