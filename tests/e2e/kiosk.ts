import { chromiumFlags } from './chromium-flags.ts';
import { findBrowser } from './find-browser.ts';

const executablePath = findBrowser();

/** A wall is a kiosk: nobody clicks it, so its browser is started with sound allowed. */
export const kioskLaunch = {
  ...(executablePath && { executablePath }),
  args: [...chromiumFlags, '--autoplay-policy=no-user-gesture-required'],
};
