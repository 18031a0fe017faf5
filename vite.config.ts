import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { dropUnusedSchemas } from './scripts/drop-unused-schemas.ts';

const api = process.env['API_URL'] ?? 'http://localhost:3000';

export default defineConfig({
  plugins: [sveltekit(), dropUnusedSchemas()],
  // The Content-Security-Policy takes fonts and pictures from files only, never from data: URLs in a stylesheet.
  build: { assetsInlineLimit: 0 },
  server: { proxy: { '/api': { target: api, ws: true } } },
});
