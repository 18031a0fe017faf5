import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

const api = process.env['API_URL'] ?? 'http://localhost:3000';

export default defineConfig({
  plugins: [sveltekit()],
  // The Content-Security-Policy takes fonts and pictures from files only, never from data: URLs in a stylesheet.
  build: {
    assetsInlineLimit: 0,
    // Schemas of the contracts that the browser does not use are dropped: making one has no effect of its own.
    rolldownOptions: { treeshake: { manualPureFunctions: ['z'] } },
  },
  server: { proxy: { '/api': { target: api, ws: true } } },
});
