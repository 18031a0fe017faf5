import { defineConfig } from '@playwright/test';
import { chromiumFlags } from './tests/e2e/chromium-flags.ts';
import { findBrowser } from './tests/e2e/find-browser.ts';

const executablePath = findBrowser();

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.e2e.ts',
  globalSetup: './tests/e2e/global-setup.ts',
  // Software rendering on few cores: a frame of the map takes a large part of a second.
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 40_000 },
  // Where other work shares the cores a frame may come too late: tried again once, and told as flaky.
  retries: process.env['CI'] ? 1 : 0,
  reporter: process.env['PLAYWRIGHT_JSON']
    ? [['list'], ['json', { outputFile: process.env['PLAYWRIGHT_JSON'] }]]
    : [['list']],
  outputDir: 'test-results',
  use: {
    baseURL: process.env['E2E_URL'],
    ...(process.env['E2E_COMMANDER'] && { storageState: process.env['E2E_COMMANDER'] }),
    viewport: { width: 1280, height: 720 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: chromiumFlags,
    },
  },
});
