import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { dropInlineStyle } from './scripts/drop-inline-style.ts';
import { dropUnusedSchemas } from './scripts/drop-unused-schemas.ts';

const api = process.env['API_URL'] ?? 'http://localhost:3000';

export default defineConfig({
  plugins: [dropInlineStyle(), sveltekit(), dropUnusedSchemas()],
  // The Content-Security-Policy takes fonts and pictures from files only, never from data: URLs in a stylesheet.
  build: { assetsInlineLimit: 0 },
  // Not the contracts, which lie in a folder of the same name and are the page's own code.
  server: { proxy: { '^/api/(?!.*[.]ts($|[?]))': { target: api, ws: true } } },
});
