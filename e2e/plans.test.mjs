// Plans as people make them: at the desk over two invoices, by a debtor on their own page, offered and accepted; then
// changed with both schedules shown first.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DARK, DESK, GERMAN, NARROW, NO_SCRIPT, PHONE, closeBrowser, reader } from './lib/browser.mjs';
import { look, open } from './lib/check.mjs';
import { debtors, moreReceivables, receivables } from './lib/files.mjs';
import { MONDAY, Server } from './lib/server.mjs';
import { Desk, PERSON, steps } from './lib/steps.mjs';
import { words } from './lib/words.mjs';

after(closeBrowser);

const en = words('en');
const de = words('de');

/** A link to the debtor's page, as a person at the desk hands it over. */
async function handOver(desk, name) {
  await desk.openDebtor(name);
  await desk.button('debtor-link-make').click();
  const link = await desk.page.locator('#new-link').inputValue();
  return new URL(link).pathname;
}

test('plans from the first offer to a changed schedule', { timeout: 240_000 }, async (t) => {
  const server = await Server.make({});
  t.after(() => server.remove());
  await server.start(MONDAY);
  const staff = await reader(DESK);
  t.after(() => staff.close());
  const page = await open(staff);
  const desk = new Desk(page, server, en);
  const step = steps(t);
  const seen = (what) => look(page, `plans/${what}`);
  const preview = page.locator('#preview');
  let plan;

  /** Opens pages again as somebody else reads them. */
  async function read(habits, folder, paths, { signedIn = true } = {}) {
    const context = await reader(habits);
    t.after(() => context.close());
    const other = await open(context, habits);
    if (signedIn) await new Desk(other, server, en).signIn();
    for (const [name, path] of Object.entries(paths)) {
      await other.goto(server.url + path);
      await look(other, `plans-${folder}/${name}`);
    }
    return other;
  }

  await step('the form shows the schedule of what is typed while it is typed', async () => {
    await desk.join();
    await desk.introduce();
    await desk.importAll(debtors(), receivables(), moreReceivables());
    await desk.go('/plans');
    await page.getByText(en.say('plans-none-title')).waitFor();
    await seen('00-none');
    await desk.openDebtor('Lena Winkler');
    await page.getByRole('link', { name: en.say('plan-make') }).click();
    await desk.heading('plan-make').waitFor();
    await preview.getByText('€500.00').first().waitFor();
    await seen('01-make');
    await desk.field('plan-field-count').fill('5');
    await preview.getByText('€100.00').first().waitFor();
    assert.equal(await preview.getByRole('row').count(), 7, 'a head, five installments and a total');
    await desk.field('plan-field-count').fill('0');
    await preview.getByText(en.say('plan-wrong-count')).waitFor();
    await desk.field('plan-field-count').fill('5');
    await desk.unfold('plan-group-interest');
    await page.getByLabel(en.say('plan-field-rate')).fill('9,5');
    await page.getByLabel(en.say('plan-field-rate')).blur();
    await preview.getByText(en.say('plan-apr-eu')).waitFor();
    await seen('02-make-more');
  });

  await step('beyond the bounds it is said which, and agreed only by a box that is ticked', async () => {
    await desk.field('plan-field-count').fill('24');
    await preview.getByText(en.say('plan-breaches')).waitFor();
    await desk.button('plan-agree').click();
    await page.locator('.error-summary').waitFor();
    assert.equal(await desk.field('plan-field-count').inputValue(), '24', 'what was typed is still there');
    await seen('03-beyond');
    await desk.field('plan-field-count').fill('4');
    await page.getByLabel(en.say('plan-field-rate')).fill('0');
    await preview.getByText('€125.00').first().waitFor();
  });

  await step('a plan over two invoices is agreed and shown with its books', async () => {
    await desk.button('plan-agree').click();
    await desk.told('done-plan-agreed');
    plan = new URL(page.url()).pathname;
    const table = page.getByRole('table', { name: en.say('plan-schedule') }).first();
    assert.equal(await table.getByRole('row').count(), 6, 'a head, four installments and a total');
    for (const number of ['2026-1042', '2026-1051']) {
      assert.equal(await page.getByRole('table', { name: en.say('plan-sources') }).getByText(number).count(), 1, number);
    }
    await seen('04-plan');
    await page.getByRole('link', { name: 'Lena Winkler' }).click();
    await page.getByRole('list', { name: en.say('debtor-story') }).getByText(en.part('event-plan-accepted')).waitFor();
    await seen('05-debtor');
  });

  await step('a date is moved after both schedules were shown', async () => {
    await page.goto(server.url + plan);
    await page.locator('main details.menu summary').click();
    await page.getByRole('link', { name: en.say('plan-do-move') }).click();
    await page.getByLabel(en.say('plan-change-to')).fill('2027-01-05');
    await preview.getByText(en.say('plan-diff-moved')).first().waitFor();
    await seen('06-move');
    await page.getByLabel(en.say('plan-because')).fill('wages come on the fifth');
    await preview.getByRole('button', { name: en.say('plan-do-move') }).click();
    await desk.told('done-plan-changed');
    await page.getByText('wages come on the fifth').waitFor();
    await seen('07-moved');
    await desk.go(`${plan}/change/write-off`);
    await seen('08-write-off');
  });

  await step('on a phone a debtor chooses a plan, sees all of it, and agrees', async () => {
    const link = await handOver(desk, 'Ana Duarte');
    const phone = await reader(PHONE);
    t.after(() => phone.close());
    const debtor = await open(phone);
    await debtor.goto(server.url + link);
    await debtor.getByRole('link', { name: en.say('portal-answer-plan') }).tap();
    await look(debtor, 'plans/20-portal-choose');
    await debtor.getByRole('radio').nth(1).check({ force: true });
    await debtor.getByRole('button', { name: en.say('portal-continue') }).tap();
    await debtor.getByRole('heading', { level: 1, name: en.say('portal-plan-look') }).waitFor();
    await debtor.getByText('€100.00').first().waitFor();
    await look(debtor, 'plans/21-portal-look');
    await debtor.getByRole('button', { name: en.say('portal-plan-agree') }).tap();
    await debtor.getByText(en.say('portal-plan-noted')).waitFor();
    await look(debtor, 'plans/22-portal-agreed');
    await debtor.getByRole('link', { name: en.say('portal-back') }).tap();
    await debtor.getByText(en.say('portal-plan-next')).waitFor();
    const asked = await debtor.locator('#pay-reference').getAttribute('value');
    assert.match(asked, /^RF\d\dP26N2I1$/, 'the next installment is paid under its own reference');
    await look(debtor, 'plans/23-portal-plan');
  });

  let offered;
  await step('an offer waits on the debtor’s page and is accepted there', async () => {
    await desk.openDebtor('Harbour Books');
    await page.getByRole('link', { name: en.say('plan-make') }).click();
    await desk.button('plan-offer').click();
    await desk.told('done-plan-offered');
    offered = new URL(page.url()).pathname;
    await seen('30-offered');
    const link = await handOver(desk, 'Harbour Books');
    const debtor = await read(DARK, 'dark', { portal: link }, { signedIn: false });
    await debtor.getByRole('link', { name: en.say('portal-plan-offer-look') }).click();
    await look(debtor, 'plans-dark/portal-offer');
    await debtor.getByRole('button', { name: en.say('portal-plan-agree') }).click();
    await debtor.getByText(en.say('portal-plan-noted')).waitFor();
    await debtor.getByRole('link', { name: en.say('portal-back') }).click();
    await look(debtor, 'plans-dark/portal-plan');
    await desk.go(offered);
    await page.getByText(en.say('plan-how-page')).waitFor();
    await desk.nav('nav-plans').click();
    await desk.heading('plans-title').waitFor();
    assert.equal(await page.getByRole('main').getByRole('row').count(), 4, 'a head and three plans');
    await seen('31-plans');
  });

  await step('each page holds on a narrow screen, in the dark, in German and without scripts', async () => {
    await desk.openDebtor('Bobby');
    const make = `${new URL(page.url()).pathname}/plan`;
    const link = await handOver(desk, 'Bobby');
    const paths = { plans: '/plans', plan, make, move: `${plan}/change/move?look=1&from=2027-01-05&to=2027-01-06&shift=rest` };
    await read(NARROW, 'narrow', paths);
    await read(DARK, 'dark', paths);
    await read(NARROW, 'narrow', { choose: `${link}/plan`, look: `${link}/plan?n=2` }, { signedIn: false });
    await read(GERMAN, 'german', { choose: `${link}/plan?lang=de`, look: `${link}/plan?n=2&lang=de` }, { signedIn: false });

    const context = await reader(NO_SCRIPT);
    t.after(() => context.close());
    const plain = await open(context, NO_SCRIPT);
    await new Desk(plain, server, en).signIn(PERSON);
    await plain.goto(server.url + make);
    await plain.getByLabel(en.say('plan-field-count')).fill('2');
    await plain.getByRole('button', { name: en.say('plan-show') }).last().click();
    await plain.locator('#preview').getByText('€21.00').first().waitFor();
    await look(plain, 'plans-plain/make', { axe: false });

    await desk.go('/account');
    await page.getByLabel(en.say('field-language')).selectOption('de');
    await page.locator('form', { has: page.getByLabel(en.say('field-language')) }).getByRole('button').first().click();
    await page.locator('html[lang=de]').waitFor();
    for (const [name, path] of Object.entries(paths)) {
      await desk.go(path);
      await look(page, `plans-german/${name}`);
    }
    await page.getByText(de.part('plan-compared')).first().waitFor();
  });
});
