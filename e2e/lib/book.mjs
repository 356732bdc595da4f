// A book in the middle of its life, for tests that look rather than tell: notices sent, a payment that waits.

import { debtors, receivables, statement } from './files.mjs';
import { MONDAY, TUESDAY } from './server.mjs';

/** Fills a fresh installation and leaves it on the Tuesday, somebody signed in; returns addresses worth a look. */
export async function fillBook(desk) {
  const { page, server } = desk;
  await server.start(MONDAY);
  await desk.join();
  await desk.introduce();
  await desk.importAll(debtors(), receivables());
  await desk.runDay();
  await desk.openMail('Lena Winkler');
  const message = new URL(page.url()).pathname;
  const link = await desk.debtorLink();
  await desk.openMail('Bobby');
  const otherLink = await desk.debtorLink();
  await server.restart(TUESDAY);
  await desk.go('/');
  if (await desk.heading('sign-in-title').count() > 0) await desk.signIn();
  await desk.bookStatement(statement());
  const choose = await page.getByRole('link', { name: desk.words.part('payments-choose') }).first().getAttribute('href');
  await desk.openDebtor('Ana Duarte');
  await page.getByRole('link', { name: desk.words.say('plan-make') }).click();
  await desk.button('plan-agree').click();
  await desk.told('done-plan-agreed');
  const plan = new URL(page.url()).pathname;
  await desk.openDebtor('Lena Winkler');
  return { message, link, otherLink, choose, plan, debtor: new URL(page.url()).pathname };
}

/** Every page for staff with something on it, by what it is. */
export function staffPages({ message, choose, plan, debtor }) {
  return {
    today: '/',
    debtors: '/debtors',
    'debtors-overdue': '/debtors?show=overdue',
    'debtors-found': '/debtors?q=2026-1042',
    'debtors-not-found': '/debtors?q=nobody',
    receivables: '/receivables',
    debtor,
    payments: '/payments',
    'payments-search': '/payments?q=ana',
    'payments-choose': choose,
    'payments-done': '/payments/done',
    statements: '/payments/statements',
    plans: '/plans',
    plan,
    'plan-make': `${debtor}/plan`,
    'plan-re-age': `${plan}/change/re-age?look=1&starts=2026-12-15&installments=5&every=2weeks`,
    'plan-settle': `${plan}/change/settle`,
    imports: '/imports',
    mail: '/mail?tray=all',
    message,
    scenario: '/scenario?debtor=10042',
    'scenario-edit': '/scenario/edit?debtor=10042',
    texts: '/scenario/texts',
    text: '/scenario/texts/first/en',
    settings: '/settings',
    account: '/account',
    'not-there': '/debtors/nobody',
  };
}

/** Every page behind a debtor's link. */
export function debtorPages(link) {
  return {
    owed: link,
    promise: `${link}/promise`,
    plan: `${link}/plan`,
    'plan-look': `${link}/plan?n=3`,
    paid: `${link}/paid`,
    wrong: `${link}/wrong`,
    quiet: `${link}/quiet`,
  };
}
