/**
 * Hands a link on by the system's own sheet; where there is none (a desk's browser, plain http) it is copied.
 * @returns what became of it; `failed` carries the link, for the hand to select.
 */
export async function shareLink(title: string, url: string): Promise<'shared' | 'copied' | { failed: string }> {
  if (typeof navigator.share === 'function') {
    try {
      await navigator.share({ title, url });
      return 'shared';
    } catch (error) {
      // Whoever closes the sheet has changed their mind; any other failure leaves the clipboard to try.
      if (error instanceof DOMException && error.name === 'AbortError') return 'shared';
    }
  }
  return copyLink(url);
}

/** @returns `failed` where the browser gives no clipboard: on plain http beyond localhost, or when it was refused. */
export async function copyLink(url: string): Promise<'copied' | { failed: string }> {
  try {
    await navigator.clipboard.writeText(url);
    return 'copied';
  } catch {
    return { failed: url };
  }
}
