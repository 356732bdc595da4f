// Small helps. Every page works without this file.
(() => {
  'use strict';
  const doc = document;

  // What only a script can do appears, what a script replaces goes; what is wrong in a form is read first.
  let seen = null;
  const ready = () => {
    for (const button of doc.querySelectorAll('[data-copy][hidden]')) button.hidden = false;
    for (const button of doc.querySelectorAll('form[data-auto] [data-auto-submit]')) button.hidden = true;
    const summary = doc.querySelector('.error-summary');
    if (summary && summary !== seen) summary.focus();
    seen = summary;
  };

  const copy = async (button) => {
    const input = doc.getElementById(button.dataset.copy);
    if (!input) return;
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      // Without https there is no clipboard; the old way still works, or leaves the value selected.
      if (input.select) input.select();
      else getSelection().selectAllChildren(input);
      if (!doc.execCommand('copy')) return;
      button.focus();
    }
    const label = button.querySelector('[aria-live]');
    button.dataset.label ??= label.textContent;
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = button.dataset.label; }, 2000);
  };

  doc.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copy]');
    if (button) copy(button);
  });

  doc.addEventListener('change', (event) => {
    const form = event.target.form;
    if (form && 'auto' in form.dataset) form.requestSubmit();
  });

  doc.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!('keys' in doc.body.dataset)) return;
    if (event.target.closest('input, select, textarea, [contenteditable]')) return;
    const search = doc.querySelector('[data-search]');
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  doc.addEventListener('htmx:after:process', ready);
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', ready);
  else ready();
})();
