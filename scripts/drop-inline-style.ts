import type { Plugin } from 'vite';

/**
 * SvelteKit's root component hides its page announcer by a style attribute, which the Content-Security-Policy forbids
 * and would leave in sight. It is hidden by app.css instead.
 * @throws when the attribute is no longer where it was, so that nobody believes it gone.
 */
export function dropInlineStyle(): Plugin {
  return {
    name: 'drop-inline-style',
    enforce: 'pre',
    transform: {
      filter: { id: /\/generated\/root\.svelte$/ },
      handler(code) {
        const without = code.replace(/(id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1');
        if (without === code) this.error('SvelteKit’s announcer has no style attribute any more: remove this plugin.');
        return { code: without, map: null };
      },
    },
  };
}
