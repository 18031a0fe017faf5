/** A number with so many digits after its point may be a coordinate (three are about 100 m). */
const coordinate = /-?\d{1,3}[.]\d{3,}/g;

/** Longer texts are cut before they are searched: the patterns take time with the square of the length. */
const maxTextLength = 2000;

/** Text without what looks like a coordinate, a credential in a URL, a bearer token, or the value of a secret's name. */
export function hideSecrets(text: string): string {
  return text
    .slice(0, maxTextLength)
    .replace(/(\w+:\/\/)[^\s/@]+@/g, '$1[hidden]@')
    .replace(/\b(Bearer|Basic)\s+[^\s"']+/gi, '$1 [hidden]')
    .replace(
      /\b([\w-]*(?:passw|secret|token|cookie|session|otp)[\w-]*)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
      '$1$2[hidden]',
    )
    .replace(coordinate, '[hidden]');
}

/**
 * What an error is and where it was thrown, without what the client sent: PostgreSQL and JSON.parse quote it in their
 * messages.
 */
export function describeError(error: Error): string {
  const { code } = error as { code?: unknown };
  const quotesInput = typeof code === 'string' || error instanceof SyntaxError;
  const message = quotesInput
    ? error.message.slice(0, maxTextLength).replace(/(: |token |, )?["'`].*$/s, '$1…')
    : error.message.slice(0, maxTextLength);
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5)
    .map((line) => line.trim());
  const cause = error.cause instanceof Error ? ` ← ${describeError(error.cause)}` : '';
  return hideSecrets(
    [`${error.name}${typeof code === 'string' ? ` ${code}` : ''}: ${message}`, ...(frames ?? [])].join(' | ') + cause,
  );
}
