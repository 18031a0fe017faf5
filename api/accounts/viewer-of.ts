import { Problem } from '../errors.ts';
import type { Sessions } from './sessions.ts';
import type { Viewer } from './viewer.ts';

export type ViewerOf = (request: Request) => Promise<Viewer>;

/**
 * Who asks, by the session cookie.
 * @throws {Problem} 401 when nobody is signed in.
 */
export function createViewerOf(sessions: Sessions): ViewerOf {
  return async (request) => {
    const held = await sessions.find(request);
    if (held) return held.viewer;
    throw new Problem(401, 'sign-in-required', 'Sign in first', {
      detail: 'The session is missing, has ended or is no longer valid.',
    });
  };
}
