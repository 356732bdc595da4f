// What holds on every page, whoever reads it: nothing for axe to find, no sideways scroll, a silent console,
// and a policy that nothing breaks.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PICTURES = fileURLToPath(new URL('../../target/e2e', import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const faultsOf = new WeakMap();
const scriptless = new WeakSet();

/** Collects what goes wrong on a page from now on. `page` is fresh. */
export function watch(page) {
  const faults = [];
  faultsOf.set(page, faults);
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // What the policy refuses is told here too. Answers with an error status are judged below, by what they were.
    const isStatus = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isStatus) faults.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // A page that is left takes its requests with it.
    if (reason !== 'net::ERR_ABORTED') faults.push(`request: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    const isPage = response.request().resourceType() === 'document' && response.frame() === page.mainFrame();
    // A page with an error status is a page that a test asked for; what pages are made of must be there.
    if (response.status() >= 500 || (response.status() >= 400 && !isPage && response.status() !== 422)) {
      faults.push(`response: ${response.status()} ${response.url()}`);
    }
  });
  return page;
}

/** Opens a watched page; `habits` are those the context was made with. */
export async function open(context, habits = {}) {
  const page = watch(await context.newPage());
  if (habits.javaScriptEnabled === false) scriptless.add(page);
  return page;
}

/** Fails with everything that went wrong on a page since it was opened or last looked at. */
export function assertSilent(page, name) {
  const faults = faultsOf.get(page) ?? [];
  assert.deepEqual(faults.splice(0), [], `${name}: nothing goes wrong on the page`);
}

async function violations(frame) {
  return frame.evaluate(async ({ source, tags }) => {
    // A page may not run inline scripts; the driver may.
    // eslint-disable-next-line no-eval
    if (!window.axe) (0, eval)(source);
    const found = await window.axe.run(document, {
      iframes: false,
      resultTypes: ['violations'],
      runOnly: { type: 'tag', values: tags },
      rules: { 'target-size': { enabled: true } },
    });
    return found.violations.map((rule) => ({
      rule: rule.id,
      help: rule.help,
      nodes: rule.nodes.map((node) => `${node.html}: ${node.failureSummary}`),
    }));
  }, { source: axe, tags: TAGS });
}

/** Axe is a script: where the reader has none, it looks at the same address for a reader whose scripts do not load. */
async function violationsWithoutScripts(page) {
  const { width, height } = page.viewportSize();
  const context = await page.context().browser().newContext({
    storageState: await page.context().storageState(),
    viewport: { width, height },
    locale: await page.evaluate(() => navigator.language),
  });
  try {
    await context.route('**/*.js', (route) => route.abort('blockedbyclient'));
    const twin = await context.newPage();
    await twin.goto(page.url());
    return await violations(twin.mainFrame());
  } finally {
    await context.close();
  }
}

/** A letter is shown in a frame that runs nothing: axe gets a copy of it. */
async function violationsOfLetter(page, frame) {
  const copy = await page.context().newPage();
  try {
    await copy.setContent(await frame.content());
    // Axe takes a page without a background for white; in the dark it is not.
    await copy.addStyleTag({ content: 'html { background: Canvas; }' });
    return await violations(copy.mainFrame());
  } finally {
    await copy.close();
  }
}

/** Axe stays green on a page that scrolls sideways: this does not (WCAG 2.2, 1.4.10). */
async function assertFits(frame, name) {
  const { scroll, client, wide } = await frame.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const wide = scrollWidth <= clientWidth ? [] : [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > clientWidth + 1)
      .slice(0, 5)
      .map((one) => one.outerHTML.slice(0, 160));
    return { scroll: scrollWidth, client: clientWidth, wide };
  });
  assert.ok(scroll <= client, `${name}: ${scroll} px of content in ${client} px, pushed by ${wide.join('\n')}`);
}

/**
 * Looks at a page as it stands: screenshot, axe, reflow, console. The picture goes to `target/e2e`.
 *
 * Axe cannot look at the answer to a form without scripts; such a page says `axe: false`.
 */
export async function look(page, name, { axe: withAxe = true } = {}) {
  const picture = join(PICTURES, `${name}.png`);
  await mkdir(dirname(picture), { recursive: true });
  await page.screenshot({ path: picture, fullPage: true });
  for (const frame of page.frames()) await assertFits(frame, name);
  if (!withAxe) {
    assert.ok(scriptless.has(page), `${name}: axe looks wherever it can`);
  } else if (scriptless.has(page)) {
    assert.deepEqual(await violationsWithoutScripts(page), [], `${name}: axe finds nothing`);
  } else {
    assert.deepEqual(await violations(page.mainFrame()), [], `${name}: axe finds nothing`);
    for (const frame of page.frames().slice(1)) {
      assert.deepEqual(await violationsOfLetter(page, frame), [], `${name}: axe finds nothing in the frame`);
    }
  }
  assertSilent(page, name);
}
