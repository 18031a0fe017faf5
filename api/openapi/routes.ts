import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { operations } from './operations.ts';
import { writeDocument } from './write-document.ts';
import { writePage } from './write-page.ts';

const kept = { 'Cache-Control': 'no-cache' };

/** The page has a stylesheet of its own and nothing else. */
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `GET /openapi.json` and `GET /docs`: what the API asks and answers, with nobody's rows in it, for anybody. */
export function createOpenApiRoutes() {
  // Made when first asked for: few starts need it.
  let document: string | undefined;
  let page: string | undefined;
  let style: string | undefined;
  return new Hono()
    .get('/openapi.json', (context) => {
      document ??= JSON.stringify(writeDocument(operations));
      return context.body(document, 200, { ...kept, 'Content-Type': 'application/json' });
    })
    .get('/docs', (context) => {
      page ??= writePage(writeDocument(operations));
      return context.html(page, 200, { ...kept, 'Content-Security-Policy': pagePolicy });
    })
    .get('/docs.css', (context) => {
      style ??= readFileSync(join(import.meta.dirname, 'docs.css'), 'utf8');
      return context.body(style, 200, { ...kept, 'Content-Type': 'text/css; charset=utf-8' });
    });
}
