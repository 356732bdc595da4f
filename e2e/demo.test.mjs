// The sample book as `duewell demo` fills it: pages full of believable data. With DUEWELL_PICTURES=1 this is also
// where the pictures of the README come from, so that they cannot age.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DESK, NARROW, PHONE, closeBrowser, reader } from './lib/browser.mjs';
import { look, open } from './lib/check.mjs';
import { Server, WEDNESDAY } from './lib/server.mjs';
import { Desk, PERSON } from './lib/steps.mjs';
import { words } from './lib/words.mjs';

const PICTURES = fileURLToPath(new URL('../docs/pictures', import.meta.url));
const wanted = process.env.DUEWELL_PICTURES === '1';
const en = words('en');
let server;

before(async () => {
  server = await Server.make();
  // Pictures show the demo as people get it; a smaller one is enough to look at.
  const size = wanted ? [] : ['--debtors', '120', '--weeks', '4'];
  server.command(WEDNESDAY, 'demo', '--no-serve', '--seed', '1', '--listen', `127.0.0.1:${server.port}`, ...size);
  await server.start(WEDNESDAY);
}, { timeout: 120_000 });

after(async () => {
  await closeBrowser();
  await server?.remove();
});

async function picture(page, name) {
  if (!wanted) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

test('the pages of the demo are full of believable data', { timeout: 120_000 }, async (t) => {
  const context = await reader({ ...DESK, colorScheme: 'light' });
  t.after(() => context.close());
  const page = await open(context);
  const desk = new Desk(page, server, en);
  const main = page.getByRole('main');
  await desk.join();

  await desk.go('/');
  await desk.heading('today-title').waitFor();
  await look(page, 'demo/today');
  await picture(page, 'today');

  // Every number on Today leads to the rows that make it.
  const links = await main.getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  for (const href of new Set(links)) {
    const answer = await context.request.get(new URL(href, server.url).href);
    assert.equal(answer.status(), 200, `${href} on Today leads somewhere`);
  }

  await desk.go('/debtors');
  await look(page, 'demo/debtors');
  const first = await main.getByRole('table').getByRole('link').first().innerText();
  await main.getByRole('link', { name: en.say('page-next') }).click();
  await page.waitForURL(/[?&]\w+=/);
  assert.notEqual(await main.getByRole('table').getByRole('link').first().innerText(), first, 'the next page has others');
  await desk.go('/debtors?show=overdue');
  await look(page, 'demo/debtors-overdue');

  await desk.go('/payments');
  await look(page, 'demo/payments');
  await desk.go('/payments/done');
  await look(page, 'demo/payments-done');

  // The longest story there is to tell: somebody who was reminded most.
  await desk.go('/debtors?show=scenario_finished');
  await main.getByRole('table').getByRole('link').first().click();
  await page.getByRole('heading', { level: 2, name: en.say('debtor-story') }).waitFor();
  await look(page, 'demo/debtor');
  await picture(page, 'debtor');

  await desk.go('/mail?tray=sent');
  await look(page, 'demo/mail');
  await main.getByRole('row').filter({ hasText: en.part('notice-second') }).or(main.getByRole('row').nth(1)).last()
    .getByRole('link').first().click();
  await page.getByRole('heading', { level: 2, name: en.say('mail-message') }).waitFor();
  await look(page, 'demo/message');

  const phone = await reader({ ...PHONE, colorScheme: 'light' });
  t.after(() => phone.close());
  const debtor = await open(phone);
  await debtor.goto(server.url + await desk.debtorLink());
  await look(debtor, 'demo/portal');
  await picture(debtor, 'portal');

  const narrow = await reader({ ...NARROW, colorScheme: 'dark', storageState: await context.storageState() });
  t.after(() => narrow.close());
  const small = await open(narrow);
  for (const [name, path] of Object.entries({ today: '/', debtors: '/debtors?show=overdue', payments: '/payments', debtor: '/debtors?show=scenario_finished' })) {
    await small.goto(server.url + path);
    if (name === 'debtor') await small.getByRole('main').getByRole('table').getByRole('link').first().click();
    await look(small, `demo/narrow-dark-${name}`);
  }
});

test('the demo goes on where it was after a stop and a start', { timeout: 60_000 }, async (t) => {
  await server.restart(WEDNESDAY);
  assert.equal(server.setUpLink, undefined, 'the account is there already');
  const context = await reader(DESK);
  t.after(() => context.close());
  const desk = new Desk(await open(context), server, en);
  await desk.signIn(PERSON);
  await desk.page.getByRole('main').getByText(en.part('today-overdue')).first().waitFor();
});
