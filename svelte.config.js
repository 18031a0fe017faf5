import adapter from '@sveltejs/adapter-static';

/** One page application: the Hono server hands out `build/` and the fallback page for every URL of `src/routes`. */
export default {
  kit: {
    adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html', precompress: true }),
    serviceWorker: { register: false },
    // The server decides the Content-Security-Policy by header; hashes for SvelteKit's one inline
    // start script are written to build/csp.json by the build.
    alias: { $api: 'api' },
    version: { pollInterval: 0 },
  },
};
