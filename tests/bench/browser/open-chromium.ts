import { chromium, type Browser, type CDPSession, type Page } from '@playwright/test';
import { chromiumFlags } from '../../e2e/chromium-flags.ts';
import { findBrowser } from '../../e2e/find-browser.ts';

/** The browser of the tests, drawing in software where there is no graphics card. */
export function openChromium(): Promise<Browser> {
  const executablePath = findBrowser();
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: chromiumFlags,
  });
}

/** The CPU time of a page's main thread by DevTools: tasks of every sort, whoever else works on the machine. */
export class MainThread {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<MainThread> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new MainThread(session);
  }

  /** Milliseconds since the page began. */
  async spentMs(): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
  }
}

/** Opens one part of the benchmarks' page. */
export async function openPart(browser: Browser, url: string, part: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 640, height: 360 }, deviceScaleFactor: 1 });
  page.on('pageerror', (error) => process.stderr.write(`the page of ${part}: ${error.stack}\n`));
  await page.goto(`${url}/?part=${part}`);
  await page.waitForFunction(() => 'part' in globalThis, undefined, { timeout: 60_000 });
  return page;
}

/** Calls a function of the part that is open. */
export const call = <T>(page: Page, name: string, ...args: unknown[]): Promise<T> =>
  page.evaluate(
    ([name, args]) =>
      (globalThis as unknown as { part: Record<string, (...args: unknown[]) => T> }).part[name]!(...args),
    [name, args] as const,
  );
