// What people do on the pages, each as one step. A step waits for the page that tells that it is done.

import assert from 'node:assert/strict';
import { CREDITOR } from './files.mjs';

export const PERSON = { name: 'Jule Petersen', email: 'jule@nordlicht.example', password: 'blue herons eat early' };

/** The steps of a story, each a test of its own: when one fails, those after it have nothing to stand on. */
export function steps(t) {
  let broken = false;
  return (name, work) => t.test(name, { skip: broken && 'an earlier step failed', timeout: 90_000 }, async (one) => {
    try {
      await work(one);
    } catch (error) {
      broken = true;
      throw error;
    }
  });
}

/** A person at the pages for staff, reading them in a language. */
export class Desk {
  constructor(page, server, words) {
    Object.assign(this, { page, server, words });
  }

  go(path) {
    return this.page.goto(this.server.url + path);
  }

  heading(id) {
    return this.page.getByRole('heading', { level: 1, name: this.words.say(id) });
  }

  button(id) {
    return this.page.getByRole('button', { name: this.words.say(id) });
  }

  field(id) {
    // A field's label may go on with a word such as "(optional)".
    return this.page.getByLabel(new RegExp(`^${this.words.say(id).source.slice(1, -1)}`));
  }

  /** What was just done, as the page tells it. */
  async told(id) {
    await this.page.locator('#flash').getByText(this.words.part(id)).waitFor();
  }

  nav(id) {
    return this.page.getByRole('navigation', { name: this.words.say('nav-label') }).getByRole('link', { name: this.words.say(id) });
  }

  /** Opens a part that is folded. */
  async unfold(id) {
    const part = this.page.locator('details').filter({ has: this.page.locator('summary', { hasText: this.words.part(id) }) });
    if (await part.getAttribute('open') === null) await part.locator('summary').first().click();
    return part;
  }

  /** Makes the first account by the link the server printed. */
  async join(person = PERSON) {
    await this.page.goto(this.server.setUpLink);
    await this.heading('join-first-title').waitFor();
    await this.field('field-your-name').fill(person.name);
    await this.field('field-email').fill(person.email);
    await this.field('field-new-password').fill(person.password);
    await this.field('field-language').selectOption(this.words.language);
    await this.button('join-action').click();
    await this.page.waitForURL('**/settings?welcome=1');
  }

  /** Says the three things a notice needs, and where debtors reach this server. */
  async introduce() {
    await this.field('settings-name').fill(CREDITOR.name);
    await this.field('settings-email').fill(CREDITOR.email);
    await this.field('settings-iban').fill(CREDITOR.iban);
    const part = await this.unfold('settings-page');
    await part.getByLabel(this.words.say('settings-portal')).fill(this.server.url);
    await this.button('settings-welcome-save').click();
    await this.told('done-settings-welcome');
  }

  async signIn(person = PERSON) {
    await this.go('/sign-in');
    await this.field('field-email').fill(person.email);
    await this.field('field-password').fill(person.password);
    await this.button('sign-in-action').click();
    await this.heading('today-title').waitFor();
  }

  async signOut() {
    await this.page.locator('details.menu summary').click();
    await this.button('nav-sign-out').click();
    await this.heading('sign-in-title').waitFor();
  }

  /** Uploads a file and stands before what it would change. */
  async show(file) {
    await this.go('/imports');
    await this.page.locator('input[type=file]').setInputFiles(file);
    await this.button('imports-look').click();
    await this.page.getByRole('heading', { level: 1, name: file.name }).waitFor();
  }

  async bringIn() {
    await this.button('imports-bring-in-rows').click();
    await this.told('done-imported');
  }

  async importAll(...files) {
    for (const file of files) {
      await this.show(file);
      await this.bringIn();
    }
  }

  async bookStatement(file) {
    await this.show(file);
    await this.button('imports-book').click();
    await this.told('done-booked');
  }

  async runDay() {
    await this.go('/');
    await this.button('today-run').click();
    await this.told('done-run');
  }

  /** Finds a debtor by the search on top of every page and opens the page. */
  async openDebtor(name) {
    await this.go('/');
    const search = this.page.getByRole('searchbox', { name: this.words.say('nav-search') });
    await search.fill(name);
    await search.press('Enter');
    await this.heading('debtors-title').waitFor();
    await this.page.getByRole('link', { name }).first().click();
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** Waits until the worker has sent everything, then opens the newest message to a debtor. */
  async openMail(name) {
    await this.waitFor('/mail?tray=sent', this.page.getByRole('row').filter({ hasText: name }));
    await this.page.getByRole('row').filter({ hasText: name }).getByRole('link').first().click();
    await this.page.getByRole('heading', { level: 2, name: this.words.say('mail-message') }).waitFor();
  }

  /** Loads a page again until something is on it: the worker beside the pages does things in its own time. */
  async waitFor(path, locator) {
    const end = Date.now() + 30_000;
    do {
      await this.go(path);
      if (await locator.count() > 0) return;
    } while (Date.now() < end);
    assert.fail(`${path} never showed what was waited for; the server said: ${this.server.log}`);
  }

  /** What happened to the debtor on the page, newest first, by titles. */
  async story() {
    const heads = this.page.getByRole('list', { name: this.words.say('debtor-story') }).locator('.timeline-head > span');
    return heads.allInnerTexts();
  }

  /** The address behind the button in a message, as the debtor gets it. */
  async debtorLink() {
    return this.page.getByRole('link', { name: this.words.say('mail-open-page') }).getAttribute('href');
  }
}
