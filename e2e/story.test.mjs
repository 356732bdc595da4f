// The daily job as people do it: from the link of the first start to a case that is cured, on both databases.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DESK, PHONE, closeBrowser, reader } from './lib/browser.mjs';
import { assertSilent, look, open } from './lib/check.mjs';
import { debtors, debtorsWithMistake, receivables, statement } from './lib/files.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { MONDAY, Server, TUESDAY } from './lib/server.mjs';
import { Desk, steps } from './lib/steps.mjs';
import { words } from './lib/words.mjs';

const postgres = await startPostgres();
after(async () => {
  await closeBrowser();
  await postgres?.stop();
});

const PROMISED = '2026-11-27';

for (const [name, database] of [['sqlite', undefined], ['postgres', postgres?.url]]) {
  if (name === 'postgres' && !postgres) continue;
  test(`the daily job from the first start to a cured case, on ${name}`, { timeout: 240_000 }, async (t) => {
    const server = await Server.make({ database });
    t.after(() => server.remove());
    await server.start(MONDAY);
    const en = words('en');
    const staff = await reader(DESK);
    t.after(() => staff.close());
    const page = await open(staff);
    const desk = new Desk(page, server, en);
    const step = steps(t);
    const seen = (what) => look(page, `story-${name}/${what}`);

    await step('the link of the first start makes the first account, once', async () => {
      await page.goto(server.setUpLink);
      await seen('01-join');
      await desk.join();
      await seen('02-welcome');
      await desk.introduce();
      const again = await staff.request.get(server.setUpLink, { maxRedirects: 0 });
      assert.equal(again.status(), 410, 'the link works once');
      await desk.go('/');
      await seen('03-first-steps');
    });

    await step('a file with a mistake is told by line, column and remedy before anything is written', async () => {
      await desk.go('/imports');
      await seen('04-imports');
      await desk.show(debtorsWithMistake());
      const finding = page.locator('#findings').getByRole('row').filter({ hasText: 'accounts.harbour.example' });
      const cells = await finding.locator('th, td').allInnerTexts();
      assert.deepEqual(
        cells.map((cell) => cell.replace(/[\u2066-\u2069]/g, '').trim()),
        ['Line 4', 'email', 'accounts.harbour.example', en.text('imports-problem-email'), en.text('imports-remedy-email')],
      );
      await seen('05-dry-run-with-mistake');
      await desk.go('/debtors');
      await page.getByText(en.say('debtors-none-title')).waitFor();
    });

    await step('the mended file is brought in, undone and brought in again', async () => {
      await desk.show(debtors());
      assert.equal(await page.locator('#findings').count(), 0);
      await seen('06-dry-run-mended');
      await desk.bringIn();
      await seen('07-brought-in');
      await page.locator('#flash').getByRole('button', { name: en.say('imports-undo') }).click();
      await desk.told('done-import-undone');
      await seen('08-undone');
      await desk.go('/debtors');
      await page.getByText(en.say('debtors-none-title')).waitFor();
      await desk.importAll(debtors());
      await desk.show(receivables());
      await seen('09-receivables');
      await desk.bringIn();
      await desk.go('/debtors');
      assert.equal(await page.getByRole('main').getByRole('table').getByRole('link', { name: 'Lena Winkler' }).count(), 1);
      await seen('10-debtors');
    });

    await step('the scenario shows what it would send to a debtor in the next weeks', async () => {
      await desk.nav('nav-scenario').click();
      await desk.heading('scenario-title').waitFor();
      await page.getByRole('searchbox', { name: en.say('scenario-search') }).fill('Lena Winkler');
      await desk.button('scenario-search-action').click();
      const preview = page.getByRole('list', { name: en.say('scenario-preview') });
      await preview.waitFor();
      const titles = (await preview.locator('.timeline-head > span').allInnerTexts()).join('\n');
      for (const kind of ['notice-first', 'notice-second', 'notice-final']) assert.match(titles, en.part(kind));
      assert.match(titles, /120\.50/);
      await seen('11-scenario');
    });

    await step('the day is run, and the mail can be read', async () => {
      await desk.go('/');
      await seen('12-today-before');
      await desk.runDay();
      await seen('13-today-after');
      await desk.waitFor('/mail?tray=sent', page.getByRole('row').filter({ hasText: 'Lena Winkler' }));
      await seen('14-mail');
      await desk.openMail('Lena Winkler');
      const letter = page.frameLocator('iframe').locator('body');
      await letter.getByText('120.50').first().waitFor();
      assert.match(await letter.innerText(), /2026-1042/);
      await seen('15-message');
    });

    await step('on a phone the debtor opens the link and promises a day', async () => {
      const link = await desk.debtorLink();
      const phone = await reader(PHONE);
      t.after(() => phone.close());
      const debtor = await open(phone);
      await debtor.goto(server.url + link);
      assert.equal(await debtor.title(), en.text('portal-title').replace(/\{.*\}/, 'Nordlicht Handel'));
      await debtor.getByText('120.50').first().waitFor();
      await look(debtor, `story-${name}/20-portal`);
      await debtor.getByRole('link', { name: en.say('portal-answer-promise') }).tap();
      await debtor.getByLabel(en.say('portal-promise-day')).fill(PROMISED);
      await look(debtor, `story-${name}/21-portal-promise`);
      await debtor.getByRole('button', { name: en.say('portal-continue') }).tap();
      await debtor.getByText(en.say('portal-promise-check-text')).waitFor();
      await look(debtor, `story-${name}/22-portal-check`);
      await debtor.getByRole('button', { name: en.say('portal-promise-confirm') }).tap();
      await debtor.getByText(en.part('portal-noted')).waitFor();
      await debtor.getByText(/27 November/).waitFor();
      await look(debtor, `story-${name}/23-portal-promised`);
      assert.deepEqual(await phone.cookies(), [], 'a debtor gets no cookie');
    });

    await step('the next day staff see the promise, and why nothing is sent', async () => {
      await server.restart(TUESDAY);
      await desk.go('/');
      if (await desk.heading('sign-in-title').count() > 0) await desk.signIn();
      await desk.runDay();
      await desk.openDebtor('Lena Winkler');
      await seen('30-debtor-promised');
      const main = page.getByRole('main');
      const reason = en.text('reason-on-hold-promise');
      assert.match(await main.innerText(), new RegExp(en.part('why-not').source.replace('.+?', `\\W*${reason}\\W*`)));
      const promise = page.getByRole('list', { name: en.say('debtor-story') }).getByRole('listitem').filter({ hasText: en.part('event-debtor-promised') });
      assert.match(await promise.innerText(), /27 November 2026/);
      assert.match(await promise.innerText(), en.part('story-by-link'));
    });

    await step('a statement is booked; what leaves no doubt is matched, the rest waits', async () => {
      await desk.show(statement());
      await seen('31-statement');
      await desk.button('imports-book').click();
      await desk.told('done-booked');
      assert.match(await page.locator('#flash').innerText(), /1 payment matched, 1 waits for you/);
      await page.getByText('Rechng 2026-1402 danke').waitFor();
      await seen('32-queue');
    });

    await step('a match by hand is undone and done again', async () => {
      const match = page.getByRole('button', { name: /Lena Winkler.*2026-1042/ });
      await match.click();
      await desk.told('done-matched');
      await seen('33-matched');
      await page.locator('#flash').getByRole('button', { name: en.say('payments-undo') }).click();
      await desk.told('done-unmatched');
      await seen('34-unmatched');
      await match.click();
      await desk.told('done-matched');
      await desk.go('/payments/done');
      await seen('35-done');
      await desk.go('/payments/statements');
      await seen('36-statements');
    });

    await step('the case is cured and its story is whole', async () => {
      await desk.runDay();
      await desk.openDebtor('Lena Winkler');
      await page.getByText(en.say('debtor-nothing-open')).waitFor();
      const told = await desk.story();
      const order = [
        'event-debtor-imported', 'event-receivable-imported', 'event-notice-decided', 'event-notice-outcome',
        'event-debtor-promised', 'event-payment-matched', 'event-payment-unmatched', 'event-payment-matched', 'event-case-cured',
      ];
      // Newest first: the story is read from its end.
      let rest = told.toReversed();
      for (const id of order) {
        const at = rest.findIndex((title) => en.part(id).test(title));
        assert.ok(at >= 0, `${en.text(id)} comes in its order in:\n${told.toReversed().join('\n')}`);
        rest = rest.slice(at + 1);
      }
      await seen('40-debtor-cured');
      await desk.go('/');
      await seen('41-today-cured');
    });

    await step('signing out ends the session', async () => {
      const cookies = await staff.cookies();
      await desk.signOut();
      await seen('50-sign-in');
      // The cookie as somebody may have copied it.
      await staff.addCookies(cookies);
      await desk.go('/debtors');
      await desk.heading('sign-in-title').waitFor();
      assertSilent(page, 'signed out');
    });

    await step('every balance and the whole journal add up', async () => {
      await server.stop();
      server.command(TUESDAY, 'verify');
    });
  });
}
