// What pages say, by the ids of the message files: a test stays true when a wording gets better, and says in which
// language it reads.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOCALES = fileURLToPath(new URL('../../crates/duewell-documents/locales', import.meta.url));

function read(language) {
  const messages = new Map();
  let id;
  for (const file of readdirSync(`${LOCALES}/${language}`)) {
    for (const line of readFileSync(`${LOCALES}/${language}/${file}`, 'utf8').split('\n')) {
      const start = /^([a-z][\w-]*)\s*=\s?(.*)$/.exec(line);
      if (start) {
        id = start[1];
        messages.set(id, start[2]);
      } else if (id && /^[\s}]/.test(line)) {
        messages.set(id, `${messages.get(id)}\n${line}`);
      } else {
        id = undefined;
      }
    }
  }
  return messages;
}

/** Writes what fits any value: `{ $name }` is anything, a choice is any of its variants. */
function pattern(text) {
  let out = '';
  let rest = text.trim();
  while (rest) {
    if (/^\{\s*\$\w+\s*->/.test(rest)) {
      const variants = inner(rest);
      const texts = variants.body.split(/\n?\s*\*?\[[^\]]+\]\s*/).slice(1).map(pattern);
      out += `(?:${texts.join('|')})`;
      rest = rest.slice(variants.length);
    } else if (rest.startsWith('{')) {
      const placeable = inner(rest);
      const literal = /^\s*"([^"]*)"\s*$/.exec(placeable.body);
      out += literal ? escape(literal[1]) : '.+?';
      rest = rest.slice(placeable.length);
    } else {
      const end = rest.indexOf('{');
      const plain = end < 0 ? rest : rest.slice(0, end);
      out += escape(plain).replace(/\s+/g, '\\s+');
      rest = rest.slice(plain.length);
    }
  }
  return out;
}

/** Finds where a brace is closed. */
function inner(text) {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) {
      const body = text.slice(1, at);
      return { body: body.includes('->') ? body.slice(body.indexOf('->') + 2) : body, length: at + 1 };
    }
  }
  throw new Error(`a brace is not closed: ${text}`);
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const known = { en: read('en'), de: read('de') };

/** The texts of a language: `say('nav-today')` is what stands on the page, exactly, whatever the values in it. */
export function words(language) {
  const messages = known[language];
  const raw = (id) => {
    const text = messages.get(id);
    if (text === undefined) throw new Error(`there is no text ${id} in ${language}`);
    return text;
  };
  return {
    language,
    /** A plain text without values. */
    text: (id) => raw(id).trim(),
    /** What fits a whole text. Marks around values that keep directions apart are let through. */
    say: (id) => new RegExp(`^\\s*${pattern(raw(id))}\\s*$`),
    /** What fits a part of a longer text. */
    part: (id) => new RegExp(pattern(raw(id))),
    ids: () => [...messages.keys()],
    raw,
  };
}
