// What must hold against scanners, guessers, other sites and other people's browsers.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { debtorPages, fillBook, staffPages } from './lib/book.mjs';
import { DESK, closeBrowser, reader } from './lib/browser.mjs';
import { open } from './lib/check.mjs';
import { CREDITOR } from './lib/files.mjs';
import { MONDAY, Server, TUESDAY } from './lib/server.mjs';
import { Desk, PERSON } from './lib/steps.mjs';
import { words } from './lib/words.mjs';

const en = words('en');
let server;
let other;
let places;
let cookie;
let desk;

before(async () => {
  server = await Server.make();
  const context = await reader(DESK);
  desk = new Desk(await open(context), server, en);
  places = await fillBook(desk);
  cookie = await cookieOf(context);
  // Another creditor's installation on the same machine.
  other = await Server.make();
  await other.start(MONDAY);
}, { timeout: 90_000 });

after(async () => {
  await closeBrowser();
  await server?.remove();
  await other?.remove();
});

async function cookieOf(context) {
  // Beside the session there is the mark of a browser that signed in before.
  const one = (await context.cookies()).find(({ name }) => name === 'duewell' || name === '__Host-duewell');
  return `${one.name}=${one.value}`;
}

/** Asks as a program does: no redirect is followed. */
function ask(url, options = {}) {
  return fetch(url, { redirect: 'manual', ...options });
}

const asStaff = (path, options = {}) => ask(server.url + path, { ...options, headers: { cookie, ...options.headers } });

function form(fields, headers = {}) {
  return { method: 'POST', body: new URLSearchParams(fields), headers };
}

async function csrf() {
  return /name="csrf" value="([^"]+)"/.exec(await (await asStaff('/')).text())[1];
}

/** How many events the journal has; the server is stopped while it is counted. */
async function countEvents() {
  await server.stop();
  const { events } = JSON.parse(server.command(TUESDAY, '--json', 'status'));
  await server.start(TUESDAY);
  return events;
}

test('no page runs or shows anything inline, and every answer says so to browsers', async () => {
  const pages = [
    ...Object.values(staffPages(places)), ...Object.values(debtorPages(places.link)),
    '/sign-in', '/style', '/join/none', '/nowhere', `${places.link}x`, `${places.link}/qr.svg`,
  ];
  const letter = `${places.message}/html`;
  for (const path of [...pages, letter]) {
    const answer = await asStaff(path);
    const policy = answer.headers.get('content-security-policy') ?? '';
    const text = await answer.text();
    assert.match(policy, /default-src 'none'/, path);
    assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe|\*/, path);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(answer.headers.get('cache-control'), 'no-store', path);
    assert.match(answer.headers.get('referrer-policy') ?? '', /^(no-referrer|same-origin)$/, path);
    assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:/i, `${path} has no inline script`);
    if (path === letter) {
      // The letter brings the style that mail programs need; it is shown in a frame that runs nothing.
      assert.match(policy, /^sandbox;/);
      assert.doesNotMatch(policy, /script-src/);
      assert.doesNotMatch(text, /<script/i);
    } else {
      assert.match(policy, /script-src 'self'; style-src 'self'/, path);
      assert.doesNotMatch(policy, /unsafe-inline/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(text, /<style|\sstyle=/i, `${path} has no inline style`);
    }
  }
});

test('pages for staff are closed to those who are not signed in, and their cookie is kept from scripts', async () => {
  for (const path of Object.values(staffPages(places)).filter((one) => one !== '/debtors/nobody')) {
    const answer = await ask(server.url + path);
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/sign-in'], path);
  }
  const signIn = await ask(`${server.url}/sign-in`, form({ email: PERSON.email, password: PERSON.password }));
  assert.equal(signIn.status, 303);
  assert.match(signIn.headers.get('set-cookie'), /; HttpOnly; SameSite=Lax/);
});

test('a scanner that opens every address changes nothing', { timeout: 120_000 }, async () => {
  const before = await countEvents();
  const seen = new Set();
  const queue = [...Object.values(staffPages(places)), ...Object.values(debtorPages(places.link)), places.otherLink];
  let opened = 0;
  while (queue.length > 0) {
    const path = queue.shift();
    if (seen.has(path) || seen.size > 1500) continue;
    seen.add(path);
    const answer = await asStaff(path);
    assert.ok(answer.status < 500, `${path} answers ${answer.status}`);
    opened += 1;
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) continue;
    const html = await answer.text();
    // Addresses of forms are opened too: what is sent changes something, what is opened never does.
    for (const [, address] of html.matchAll(/\s(?:href|src|action|formaction|hx-get)="([^"]+)"/g)) {
      const url = new URL(address.replaceAll('&amp;', '&'), server.url + path);
      if (url.origin === server.url) queue.push(url.pathname + url.search);
    }
    // A scanner fills in forms that ask, too.
    for (const [, address] of html.matchAll(/<form[^>]*method="get"[^>]*action="([^"]+)"/g)) queue.push(`${address}?on=2026-11-27&q=a`);
  }
  assert.ok([...seen].some((path) => path.endsWith('/promise')) && [...seen].some((path) => path.endsWith('/links/end')));
  assert.ok(opened > 80, `the scanner found ${opened} addresses`);
  assert.equal(await countEvents(), before, 'no event was written');
  assert.equal((await asStaff('/')).status, 200, 'not even the session ended');
});

test('a form of another site is refused, and so is one without the token of the session', async () => {
  const token = await csrf();
  const note = `${places.debtor}/note`;
  const post = (fields, headers) => asStaff(note, form(fields, headers));
  const good = { csrf: token, words: 'A note.' };
  for (const headers of [
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: server.url },
  ]) {
    assert.equal((await post(good, headers)).status, 403, JSON.stringify(headers));
  }
  assert.equal((await post({ words: 'A note.' })).status, 403, 'no token');
  assert.equal((await post({ ...good, csrf: `${token.slice(0, -1)}_` })).status, 403, 'a wrong token');
  assert.equal((await asStaff('/run', form({}))).status, 403);
  assert.equal((await ask(server.url + note, form(good))).headers.get('location'), '/sign-in', 'a token is nothing without its session');
  assert.equal((await ask(`${server.url}${places.link}/quiet`, form({}, { origin: 'https://evil.example' }))).status, 403);
  assert.equal((await post(good, { origin: server.url })).status, 303, 'the own form is taken');
});

test('a link cannot be guessed, opens one debtor only and is no key to anything else', async () => {
  const token = places.link.slice('/p/'.length);
  const flip = (at) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  // Not more wrong ones than a place may open before it has to wait.
  for (const wrong of [flip(2), flip(Math.floor(token.length / 2)), flip(token.length - 2), token.slice(0, -1)]) {
    const answer = await ask(`${server.url}/p/${wrong}`);
    assert.equal(answer.status, 404, wrong);
    assert.doesNotMatch(await answer.text(), new RegExp(`${CREDITOR.name}|Winkler`, 'i'));
  }
  assert.equal((await ask(`${server.url}${places.debtor}`, { headers: { authorization: `Bearer ${token}`, cookie: `duewell=${token}` } })).status, 303);

  const page = await (await ask(server.url + places.link)).text();
  assert.doesNotMatch(page, /Winkler|winkler/, 'a forwarded link shows no full name and no address of the debtor');
  assert.doesNotMatch(page, /property="og:|name="description"/, 'nothing for link previews');
  // What belongs to another debtor cannot be answered with this link.
  const choices = await (await ask(`${server.url}${places.otherLink}/wrong`)).text();
  const [, foreign] = /name="which" value="([^"]+)"/.exec(choices);
  const answer = await ask(`${server.url}${places.link}/wrong`, form({ which: foreign, note: 'not mine' }));
  assert.notEqual(answer.status, 303, 'a receivable of another debtor is not there');
  assert.doesNotMatch(await answer.text(), /2026-1046/);
});

test('another creditor\'s installation knows neither the link nor the session nor the debtor', async () => {
  assert.equal((await ask(other.url + places.link)).status, 404);
  assert.equal((await ask(other.url, { headers: { cookie } })).headers.get('location'), '/sign-in');
  const context = await reader(DESK);
  const there = new Desk(await open(context), other, en);
  await there.join({ ...PERSON, email: 'somebody@else.example' });
  const theirs = await cookieOf(context);
  for (const path of [places.debtor, places.message, `${places.message}/html`]) {
    assert.equal((await ask(other.url + path, { headers: { cookie: theirs } })).status, 404, path);
  }
  await context.close();
});

test('no title and no subject names a debt', async () => {
  const telling = /\d|€|\bEUR\b|remind|overdue|\bdue\b|debt|invoice|payment|\bpay\b|owe|mahn|erinner|fällig|rechnung|zahl|schuld|offen/i;
  const title = async (path) => /<title>([^<]*)<\/title>/.exec(await (await asStaff(path)).text())[1];
  for (const path of [...Object.values(debtorPages(places.link)), `${places.link}x`, `${places.message}/html`]) {
    assert.doesNotMatch(await title(path), telling, path);
  }
  const folder = join(server.data, 'mailbox');
  const subjects = [];
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.eml')) continue;
    const head = (await readFile(join(folder, name), 'utf8')).split(/\r?\n\r?\n/)[0].replace(/\r?\n[ \t]+/g, ' ');
    const raw = /^Subject: (.*)$/im.exec(head)[1];
    subjects.push(raw.replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, text) => Buffer.from(text, 'base64').toString())
      .replace(/=\?utf-8\?q\?([^?]*)\?=/gi, (_, text) => decodeURIComponent(text.replaceAll('_', ' ').replaceAll('=', '%'))));
  }
  assert.ok(subjects.length >= 4, `there is mail: ${subjects}`);
  for (const subject of subjects) assert.doesNotMatch(subject, telling);
});

test('a new password signs out every other browser', { timeout: 60_000 }, async (t) => {
  const contexts = [await reader(DESK), await reader(DESK)];
  t.after(() => Promise.all(contexts.map((one) => one.close())));
  const [here, there] = await Promise.all(contexts.map(async (one) => new Desk(await open(one), server, en)));
  await here.signIn();
  await there.signIn();
  await here.go('/account');
  await here.field('account-present-password').fill(PERSON.password);
  await here.field('account-new-password').fill('seven green umbrellas');
  await here.button('account-password-action').click();
  await here.told('done-password-changed');
  await there.go('/debtors');
  await there.heading('sign-in-title').waitFor();
  assert.equal((await asStaff('/')).headers.get('location'), '/sign-in', 'the first browser is signed out too');
  await here.go('/debtors');
  await here.heading('debtors-title').waitFor();
  const old = await ask(`${server.url}/sign-in`, form({ email: PERSON.email, password: PERSON.password }));
  assert.equal(old.status, 422, 'the old password is nothing any more');
});

test('guessing a password is slowed down, and the right one waits as well', async () => {
  await server.restart(TUESDAY);
  const guess = (password, email = PERSON.email) => ask(`${server.url}/sign-in`, form({ email, password }));
  for (let tries = 0; tries < 5; tries += 1) assert.equal((await guess(`guess number ${tries}`)).status, 422);
  const slowed = await guess('guess number 5');
  assert.equal(slowed.status, 429);
  assert.ok(Number(slowed.headers.get('retry-after')) >= 30, 'it says how long to wait');
  assert.equal((await guess('seven green umbrellas')).status, 429);
  assert.equal((await guess('x', 'another@nordlicht.example')).status, 429, 'a place is slowed down whatever it tries');
  await server.restart('2026-11-24T10:20:00Z');
  assert.equal((await guess('seven green umbrellas')).status, 303, 'later the right one opens');
});
