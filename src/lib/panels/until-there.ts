const retryMs = 10_000;

/**
 * A part of the page, asked for until it comes: where nobody can click "try again", as on a wall. When a newer version
 * has replaced it on the server it never will, and the page is loaded anew.
 */
export async function untilThere<Part>(load: () => Promise<Part>): Promise<Part> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      if (await isServerThere()) {
        location.reload();
        return await new Promise(() => {});
      }
    }
  }
}

const isServerThere = (): Promise<boolean> =>
  fetch('/api/health', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
