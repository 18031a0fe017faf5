import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

/** The built front end: hashed files for ever, the page itself never from a cache, and the page for every other URL. */
export function createStaticRoutes(buildDir: string) {
  const page = readFileSync(join(buildDir, 'index.html'), 'utf8');
  const policy = contentSecurityPolicy(page);
  const app = new Hono();
  app.use('*', async (context, next) => {
    await next();
    // Not context.header(), which would copy the answer each time.
    const { headers } = context.res;
    headers.set('Content-Security-Policy', policy);
    headers.set(
      'Cache-Control',
      context.req.path.startsWith('/_app/immutable/') && context.res.status === 200
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    );
  });
  app.get('/', (context) => context.html(page));
  app.use('*', async (context, next) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD')
      return context.text('Files are only read.', 405, { Allow: 'GET, HEAD' });
    return isHidden(context.req.path) ? context.notFound() : next();
  });
  app.use('*', serveStatic({ root: buildDir, precompressed: true }));
  app.get('*', (context) => (/\.[a-z0-9]+$/i.test(context.req.path) ? context.notFound() : context.html(page)));
  return app;
}

/** Names that begin with a dot and source maps are nobody's, should a build or a hand ever put some there. */
function isHidden(path: string): boolean {
  try {
    return /[/\\]\.|\.map$/i.test(decodeURIComponent(path));
  } catch {
    return true;
  }
}

/** No inline code but SvelteKit's one start script, named by its hash; no outside host; workers from self. */
export function contentSecurityPolicy(page: string): string {
  const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, text]) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`,
  );
  return [
    "default-src 'self'",
    ["script-src 'self'", ...hashes].join(' '),
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
