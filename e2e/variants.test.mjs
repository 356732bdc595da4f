// The same pages for other readers: on a narrow screen, in the dark, in German, without scripts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { debtorPages, fillBook, staffPages } from './lib/book.mjs';
import { DARK, DESK, GERMAN, NARROW, NO_SCRIPT, PHONE, closeBrowser, reader } from './lib/browser.mjs';
import { look, open } from './lib/check.mjs';
import { HOSTILE, debtorsWithMistake } from './lib/files.mjs';
import { Server, TUESDAY } from './lib/server.mjs';
import { Desk, PERSON } from './lib/steps.mjs';
import { words } from './lib/words.mjs';

const COLLEAGUE = { name: 'Ute Brandt', email: 'ute@nordlicht.example', password: 'graue Reiher essen spät' };
const en = words('en');
const de = words('de');

let server;
let places;
let session;

before(async () => {
  server = await Server.make();
  const context = await reader(DESK);
  const page = await open(context);
  places = await fillBook(new Desk(page, server, en));
  session = await context.storageState();
  await context.close();
}, { timeout: 90_000 });

after(async () => {
  await closeBrowser();
  await server?.remove();
});

/** Opens pages for a reader who is signed in already. */
async function signedIn(t, habits, state = session) {
  const context = await reader({ ...habits, storageState: state });
  t.after(() => context.close());
  return open(context, habits);
}

/** Looks at every page there is, as one reader sees it. */
async function walk(page, folder, each = async () => {}) {
  for (const [name, path] of Object.entries(staffPages(places))) {
    await page.goto(server.url + path);
    await each(name, page);
    await look(page, `${folder}/${name}`);
  }
}

async function walkDebtor(page, folder, each = async () => {}) {
  for (const [name, path] of Object.entries(debtorPages(places.link))) {
    await page.goto(server.url + path);
    await each(name, page);
    await look(page, `${folder}/portal-${name}`);
  }
}

async function dryRun(page, folder, say) {
  const desk = new Desk(page, server, say);
  await desk.show(debtorsWithMistake());
  await look(page, `${folder}/dry-run`);
  await desk.button('imports-discard').click();
}

for (const [name, habits, debtorHabits] of [
  ['narrow', NARROW, NARROW],
  ['dark', DARK, { ...PHONE, colorScheme: 'dark' }],
]) {
  test(`every page holds for a reader whose screen is ${name}`, { timeout: 150_000 }, async (t) => {
    const page = await signedIn(t, habits);
    await walk(page, name);
    await dryRun(page, name, en);
    await page.goto(`${server.url}/style`);
    await look(page, `${name}/style`);
    const stranger = await reader(debtorHabits);
    t.after(() => stranger.close());
    const debtor = await open(stranger, debtorHabits);
    await debtor.goto(`${server.url}/sign-in`);
    await look(debtor, `${name}/sign-in`);
    await walkDebtor(debtor, name);
  });
}

/** Texts that English has and German has not: none of them may stand on a German page. */
const LEFTOVERS = new Set(en.ids()
  .filter((id) => !en.raw(id).includes('{') && de.raw(id).trim() !== en.raw(id).trim())
  .map((id) => en.text(id))
  // A language is called by its own name everywhere.
  .filter((text) => text !== 'English' && text.length > 3 && !de.ids().some((id) => de.raw(id).trim() === text)));

async function assertGerman(name, page) {
  assert.equal(await page.locator('html').getAttribute('lang'), 'de', `${name} says that it is German`);
  const texts = await page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    // Quoted words of others are marked with their language.
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest('[lang]').lang === 'de') found.push(walker.currentNode.data.trim());
    }
    for (const one of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')) {
      for (const attribute of ['aria-label', 'placeholder', 'title', 'alt']) found.push(one.getAttribute(attribute) ?? '');
    }
    return found;
  });
  assert.deepEqual(texts.filter((text) => LEFTOVERS.has(text)), [], `${name} has no English left in it`);
}

test('every page is German for a colleague who reads German', { timeout: 150_000 }, async (t) => {
  const inviter = new Desk(await signedIn(t, DESK), server, en);
  await inviter.go('/account');
  await inviter.page.getByLabel(en.part('account-invite-hint')).or(inviter.page.locator('form[action="/account/invite"] input[type=email]')).first().fill(COLLEAGUE.email);
  await inviter.button('account-invite-action').click();
  const invitation = await inviter.page.getByLabel(en.say('account-link')).inputValue();
  await look(inviter.page, 'german/00-invitation');

  const context = await reader(GERMAN);
  t.after(() => context.close());
  const page = await open(context);
  const desk = new Desk(page, server, de);
  await page.goto(server.url + new URL(invitation, server.url).pathname);
  await assertGerman('join', page);
  await look(page, 'german/01-join');
  await desk.field('field-your-name').fill(COLLEAGUE.name);
  await desk.field('field-new-password').fill(COLLEAGUE.password);
  assert.equal(await desk.field('field-language').inputValue(), 'de', 'the browser has said which language it reads');
  await desk.button('join-action').click();
  await desk.heading('today-title').waitFor();

  await walk(page, 'german', assertGerman);
  await dryRun(page, 'german', de);
  await page.goto(`${server.url}${places.debtor}`);
  assert.match(await page.getByRole('main').innerText(), /120,50\s€/, 'money is written as Germans write it');

  // A debtor whose language is English reads English until another is chosen.
  const debtor = await open(context);
  await debtor.goto(server.url + places.link);
  assert.equal(await debtor.locator('html').getAttribute('lang'), 'en');
  await debtor.getByRole('link', { name: 'Deutsch' }).click();
  await assertGerman('portal', debtor);
  for (const [name, id] of [['promise', 'portal-answer-promise'], ['paid', 'portal-answer-paid'], ['wrong', 'portal-answer-wrong'], ['quiet', 'portal-quiet-link']]) {
    await debtor.getByRole('link', { name: de.say(id) }).click();
    await assertGerman(`portal ${name}`, debtor);
    await look(debtor, `german/portal-${name}`);
    await debtor.getByRole('link', { name: de.say('portal-back') }).first().click();
  }
  await context.clearCookies();
  await page.goto(`${server.url}/sign-in`);
  await assertGerman('sign-in', page);
  await look(page, 'german/sign-in');
});

test('without scripts everything can be done', { timeout: 200_000 }, async (t) => {
  const context = await reader(NO_SCRIPT);
  t.after(() => context.close());
  const page = await open(context, NO_SCRIPT);
  const desk = new Desk(page, server, en);
  const seen = (what) => look(page, `no-script/${what}`);

  await desk.go('/sign-in');
  await seen('sign-in');
  await desk.field('field-email').fill(PERSON.email);
  await desk.field('field-password').fill('not my password');
  await desk.button('sign-in-action').click();
  await page.getByText(en.text('sign-in-wrong')).first().waitFor();
  await desk.signIn();
  await walk(page, 'no-script');

  await t.test('a debtor is found by an invoice and held', async () => {
    await desk.go('/debtors');
    const search = page.getByRole('searchbox', { name: en.say('debtors-search') });
    await search.fill('2026-1046');
    await search.press('Enter');
    const found = page.getByRole('main').getByRole('table').getByRole('link', { name: HOSTILE });
    await found.waitFor();
    assert.equal(await page.getByRole('main').getByRole('table').getByRole('link', { name: 'Lena Winkler' }).count(), 0);
    await found.click();
    const part = await desk.unfold('debtor-hold');
    await part.getByLabel(en.say('debtor-hold-reason')).selectOption('manual');
    await part.getByRole('button', { name: en.say('debtor-hold-action') }).click();
    await desk.told('done-hold');
    await seen('held');
    assert.match(await page.getByRole('main').innerText(), new RegExp(en.text('reason-on-hold-manual')));
    await page.getByRole('button', { name: en.part('debtor-release') }).click();
    await desk.told('done-released');
  });

  await t.test('a payment and a note are recorded, and a mistake in a form is told', async () => {
    await desk.openDebtor('Ana Duarte');
    const part = await desk.unfold('debtor-payment');
    await part.getByLabel(en.say('debtor-payment-amount')).fill('lots');
    await part.getByRole('button', { name: en.say('debtor-payment-action') }).click();
    await page.getByText(en.text('amount-wrong')).first().waitFor();
    await look(page, 'no-script/amount-wrong', { axe: false });
    await page.getByLabel(en.say('debtor-payment-amount')).fill('100.00');
    await page.getByRole('button', { name: en.say('debtor-payment-action') }).click();
    await desk.told('done-payment');
    const note = await desk.unfold('debtor-note');
    await note.getByLabel(en.say('debtor-note-text')).fill('Called, will send the rest.');
    await note.getByRole('button', { name: en.say('debtor-note-action') }).click();
    await desk.told('done-note');
    await seen('recorded');
    assert.match(await page.getByRole('main').innerText(), /€200\.00/);
  });

  await t.test('a payment is matched to what was chosen', async () => {
    await desk.go('/payments');
    const search = page.getByRole('searchbox', { name: en.say('payments-search') });
    await search.fill('Lena');
    await search.press('Enter');
    await page.locator('#found').getByRole('link', { name: /Lena Winkler/ }).click();
    await page.getByRole('heading', { level: 1, name: en.say('payments-choose-title') }).waitFor();
    await desk.button('payments-match-so').click();
    await desk.told('done-matched');
    await page.locator('#flash').getByRole('button', { name: en.say('payments-undo') }).click();
    await desk.told('done-unmatched');
  });

  await t.test('a debtor answers: time, paid, wrong, no more e-mail', async () => {
    const phone = { ...PHONE, javaScriptEnabled: false };
    const stranger = await reader(phone);
    t.after(() => stranger.close());
    const debtor = await open(stranger, phone);
    const answer = (id) => debtor.getByRole('link', { name: en.say(id) });
    const send = (id) => debtor.getByRole('button', { name: en.say(id) });
    const noted = async (name) => {
      await debtor.getByRole('heading', { level: 1, name: en.say('portal-noted') }).waitFor();
      await look(debtor, `no-script/portal-${name}`);
    };

    await debtor.goto(server.url + places.link);
    await look(debtor, 'no-script/portal-owed');
    await answer('portal-answer-promise').tap();
    await debtor.getByLabel(en.say('portal-promise-day')).fill('2026-11-30');
    await send('portal-continue').tap();
    await send('portal-promise-confirm').tap();
    await noted('promised');

    await debtor.goto(server.url + places.otherLink);
    await answer('portal-answer-wrong').tap();
    await send('portal-send').tap();
    await debtor.getByText(en.text('portal-wrong-words-missing')).first().waitFor();
    await look(debtor, 'no-script/portal-words-missing', { axe: false });
    await debtor.getByLabel(en.say('portal-wrong-words')).fill('It never arrived.');
    await send('portal-send').tap();
    await noted('wrong');

    await debtor.goto(server.url + places.otherLink);
    await answer('portal-answer-paid').tap();
    await debtor.getByLabel(en.part('portal-paid-words')).fill('From my sister’s account.');
    await send('portal-send').tap();
    await noted('paid');

    await debtor.goto(server.url + places.otherLink);
    await answer('portal-quiet-link').tap();
    await send('portal-quiet-confirm').tap();
    await noted('quiet');
  });

  await t.test('staff see every answer', async () => {
    await desk.openDebtor('Bobby');
    const told = (await desk.story()).join('\n');
    for (const id of ['event-debtor-disputed', 'event-debtor-says-paid', 'event-contact-consent']) assert.match(told, en.part(id));
    assert.match(await page.getByRole('main').innerText(), /It never arrived\./);
    await seen('answered');
  });
});

test('on paper a page is black on white and leaves out what only a screen can do', { timeout: 60_000 }, async (t) => {
  for (const [name, path, habits] of [['debtor', places.debtor, DARK], ['portal', places.link, { ...PHONE, colorScheme: 'dark' }]]) {
    const page = await signedIn(t, habits);
    await page.goto(server.url + path);
    await page.emulateMedia({ media: 'print' });
    const main = page.getByRole('main');
    await main.getByText('120.50').first().waitFor();
    assert.equal(await page.getByRole('navigation').filter({ visible: true }).count(), 0, `${name} prints no navigation`);
    assert.equal(await page.getByRole('button').filter({ visible: true }).count(), 0, `${name} prints no button`);
    const [ink, paper] = await page.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor]);
    assert.deepEqual([ink, paper], ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'], name);
    // The code to pay by is closed on the screen; paper has nothing to open it with.
    if (name === 'portal') await main.getByRole('img', { name: en.say('portal-pay-code') }).waitFor();
    await look(page, `print/${name}`);
  }
});

test('a link that is over says whom to ask, and one that was made up says nothing', { timeout: 60_000 }, async (t) => {
  const context = await reader(PHONE);
  t.after(() => context.close());
  const page = await open(context);
  const made = await page.goto(`${server.url}/p/${'A'.repeat(places.link.length - 3)}`);
  assert.equal(made.status(), 404);
  await look(page, 'links/unknown');
  assert.doesNotMatch(await page.content(), /nordlicht/i, 'a guesser learns nothing');

  const desk = new Desk(await signedIn(t, DESK), server, en);
  await desk.go(places.debtor);
  await desk.button('debtor-link-make').click();
  const fresh = await desk.page.getByLabel(en.say('debtor-link-new')).inputValue();
  await look(desk.page, 'links/made');
  assert.equal((await page.goto(fresh)).status(), 200);
  await desk.button('debtor-links-end').click();
  await desk.told('done-links-ended');
  for (const dead of [fresh, server.url + places.link]) {
    assert.equal((await page.goto(dead)).status(), 410, 'links that were taken back are over');
    await page.getByText('Nordlicht Handel').first().waitFor();
  }
  await look(page, 'links/revoked');

  await server.restart('2027-02-15T10:00:00Z');
  assert.equal((await page.goto(server.url + places.otherLink)).status(), 410, 'after sixty days a link is over');
  await look(page, 'links/expired');
  await server.restart(TUESDAY);
});
