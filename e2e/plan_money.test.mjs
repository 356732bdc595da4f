// One plan through its whole life, and the same figures wherever somebody looks: the quote, the booking, the debtor's
// page, the account of the debtor and the ledger.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DESK, PHONE, closeBrowser, reader } from './lib/browser.mjs';
import { look, open } from './lib/check.mjs';
import { debtors, receivables, transfers } from './lib/files.mjs';
import { MONDAY, Server } from './lib/server.mjs';
import { Desk, steps } from './lib/steps.mjs';
import { words } from './lib/words.mjs';

after(closeBrowser);

const en = words('en');
const ANA = { payer: 'Ana Duarte', iban: 'DE21500500009876543210' };
const euro = (minor) => `€${(minor / 100).toFixed(2)}`;
const noon = (day) => `${day}T12:00:00Z`;

test('a plan is sold, paid early, paid late, broken, made anew and settled', { timeout: 240_000 }, async (t) => {
  const server = await Server.make({});
  t.after(() => server.remove());
  await server.start(MONDAY);
  const staff = await reader(DESK);
  t.after(() => staff.close());
  const phone = await reader(PHONE);
  t.after(() => phone.close());
  const page = await open(staff);
  const debtor = await open(phone);
  const desk = new Desk(page, server, en);
  const step = steps(t);
  const preview = page.locator('#preview');
  let link;

  /** A plan as the ledger's own program tells it, with the whole book recomputed from its postings. */
  async function told(number) {
    await server.stop();
    const plan = JSON.parse(server.command(server.asOf, 'plan', 'show', number, '--json'));
    assert.match(server.command(server.asOf, 'verify'), /All is well/);
    await server.start(server.asOf);
    const sum = (part) => plan.account.rows.reduce(
      (all, row) => all + Object.values(row[part]).reduce((one, minor) => one + minor, 0), 0);
    const open = sum('due') - sum('paid') - sum('waived');
    const booked = plan.books.find(({ account }) => account === 'receivable')?.amount.minor ?? 0;
    assert.equal(booked, open, 'the ledger says what the schedule says');
    return { plan, due: sum('due'), paid: sum('paid'), open };
  }

  /** The same figures on the plan's page, in the debtor's account and on the debtor's own page. */
  async function same(number, path) {
    const figures = await told(number);
    await desk.go(path);
    const total = page.getByRole('table', { name: en.say('plan-schedule') }).first().getByRole('row').last();
    if (figures.due > 0) await total.getByText(euro(figures.due)).first().waitFor();
    if (figures.paid > 0) await total.getByText(euro(figures.paid)).first().waitFor();
    if (figures.open > 0) await total.getByText(euro(figures.open)).first().waitFor();
    await look(page, `plan-money/${number}-${server.asOf.slice(0, 10)}`);
    return figures;
  }

  async function onTheirPage(amount, name) {
    await debtor.goto(server.url + link);
    await debtor.getByText(amount).first().waitFor();
    await look(debtor, `plan-money/portal-${name}`);
  }

  /** A new day: staff sign in again, the bank's file comes first, then the run. */
  async function day(on, lines = []) {
    await server.restart(noon(on));
    await desk.signIn();
    await desk.bookStatement(transfers(on, lines));
    await desk.runDay();
  }

  let plan;
  let quoted;
  await step('what is quoted is what is booked, asked for and in the ledger', async () => {
    await desk.join();
    await desk.introduce();
    await desk.importAll(debtors(), receivables());
    await desk.openDebtor('Ana Duarte');
    await desk.button('debtor-link-make').click();
    link = new URL(await page.locator('#new-link').inputValue()).pathname;
    await desk.openDebtor('Ana Duarte');
    await page.getByRole('link', { name: en.say('plan-make') }).click();
    await desk.field('plan-field-count').fill('3');
    await desk.field('plan-field-first').fill('2026-12-23');
    await desk.unfold('plan-group-interest');
    await page.getByLabel(en.say('plan-field-rate')).fill('12');
    await desk.unfold('plan-group-fees');
    await page.getByLabel(en.say('plan-field-late-fee')).fill('5');
    await page.getByLabel(en.say('plan-field-late-days')).fill('3');
    await page.getByLabel(en.say('plan-field-late-days')).blur();
    await preview.getByText('€102.01').first().waitFor();
    // 300.00 at 1 % a month: interest of 3.00, then 1 % of 200.99, then 1 % of 100.99.
    await preview.getByText('€102.01').first().waitFor();
    await preview.getByText('€306.02').first().waitFor();
    await desk.button('plan-agree').click();
    await desk.told('done-plan-agreed');
    plan = new URL(page.url()).pathname;
    quoted = await same('P26-1', plan);
    assert.equal(quoted.due, 30_602);
    await onTheirPage('€102.01', 'sold');
  });

  await step('money that comes early saves interest from its day on', async () => {
    const { plan: told } = await same('P26-1', plan);
    const [first] = told.references;
    await day('2026-12-03', [{ amount: '50.00', reference: first.reference, ...ANA }]);
    const early = await same('P26-1', plan);
    assert.equal(early.paid, 5_000);
    assert.ok(early.due < quoted.due, `${early.due} is less than ${quoted.due}`);
    await onTheirPage(euro(early.plan.account.rows[0].due.principal_minor + early.plan.account.rows[0].due.interest_minor - 5_000), 'early');
  });

  await step('what comes late costs a fee, once, and the fee is paid with it', async () => {
    await day('2026-12-29');
    const late = await same('P26-1', plan);
    const [row] = late.plan.account.rows;
    assert.equal(row.due.penalties_minor, 500);
    await day('2026-12-30');
    assert.equal((await told('P26-1')).plan.account.rows[0].due.penalties_minor, 500, 'not charged again');
    const rest = Object.values(row.due).reduce((all, minor) => all + minor, 0) - 5_000;
    await onTheirPage(euro(rest), 'late');
    await day('2026-12-31', [{ amount: (rest / 100).toFixed(2), reference: late.plan.references[0].reference, ...ANA }]);
    const paid = await same('P26-1', plan);
    assert.equal(paid.paid, 5_000 + rest);
    await page.getByText(en.part('plan-event-late-fee')).first().waitFor();
  });

  await step('missed installments break the plan, and what was not repaid is owed as before', async () => {
    await day('2027-03-08');
    const broken = await same('P26-1', plan);
    assert.equal(broken.plan.state, 'broken');
    await desk.openDebtor('Ana Duarte');
    await page.getByText('2026-1045').first().waitFor();
    const repaid = broken.plan.account.rows.reduce((all, row) => all + row.paid.principal_minor, 0);
    await page.getByText(euro(30_000 - repaid)).first().waitFor();
    await look(page, 'plan-money/broken');
  });

  await step('a second plan over the rest is settled for less, and nothing is chased any more', async () => {
    await desk.openDebtor('Ana Duarte');
    await page.getByRole('link', { name: en.say('plan-make') }).click();
    await desk.field('plan-field-count').fill('2');
    await desk.button('plan-agree').click();
    await desk.told('done-plan-agreed');
    const second = new URL(page.url()).pathname;
    const made = await same('P27-1', second);
    await day('2027-03-15', [{ amount: '60.00', reference: made.plan.references[0].reference, ...ANA }]);
    await desk.go(`${second}/change/settle`);
    await page.getByLabel(en.say('plan-because')).fill('agreed on the phone');
    await preview.getByRole('button', { name: en.say('plan-do-settle') }).click();
    await desk.told('done-plan-changed');
    const settled = await same('P27-1', second);
    assert.deepEqual([settled.open, settled.paid, settled.plan.state], [0, 6_000, 'settled']);
    await debtor.goto(server.url + link);
    await look(debtor, 'plan-money/portal-settled');
  });
});
