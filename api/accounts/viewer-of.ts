import { Problem } from '../errors.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens/tokens.ts';
import type { Viewer } from './viewer.ts';

export type ViewerOf = (request: Request) => Promise<Viewer>;

/** What a token may ask: it never changes anything, whatever its account may. */
const readingMethods = new Set(['GET', 'HEAD']);

/**
 * Who asks: by the session cookie, else by a personal token. The cookie comes first, because a browser that was once asked
 * for a name and password sends them along for ever.
 * @throws {Problem} 401 when nobody is signed in; 403 when a token asks for a change.
 */
export function createViewerOf(sessions: Sessions, tokens: Tokens): ViewerOf {
  return async (request) => {
    const held = await sessions.find(request);
    if (held) return held.viewer;
    const viewer = await tokens.find(request);
    if (!viewer)
      throw new Problem(401, 'sign-in-required', 'Sign in first', {
        detail: 'The session or token is missing, has ended or is no longer valid.',
      });
    if (!readingMethods.has(request.method))
      throw new Problem(403, 'token-reads-only', 'A personal token only reads', {
        detail: 'Sign in to change something.',
      });
    return viewer;
  };
}
