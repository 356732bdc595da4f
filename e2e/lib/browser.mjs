// Debian's Chromium, started once by each test file. Nothing is downloaded and nothing is asked of the world.

import { chromium } from 'playwright-core';

let started;

/** The browser of this process. */
export function browser() {
  started ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  return started;
}

export async function closeBrowser() {
  await (await started)?.close();
  started = undefined;
}

/** Sizes and habits of those who read the pages. */
export const DESK = { viewport: { width: 1280, height: 900 }, locale: 'en-GB' };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2, locale: 'en-GB' };
export const NARROW = { viewport: { width: 320, height: 640 }, locale: 'en-GB' };
export const DARK = { ...DESK, colorScheme: 'dark' };
export const NO_SCRIPT = { ...DESK, javaScriptEnabled: false };
export const GERMAN = { ...DESK, locale: 'de-DE' };

/** Opens a context with its own cookies; pages give up after half a minute. */
export async function reader(habits = DESK) {
  const context = await (await browser()).newContext(habits);
  context.setDefaultTimeout(20_000);
  return context;
}
