/*
 * What the pages gain with JavaScript: moments in the viewer's own zone, relative times that move
 * on, and a way out of open confirmations. Everything works without it.
 */
(() => {
  'use strict';

  // Clocks of viewers may be wrong: "ago" is counted by the service's.
  const served = Date.parse(document.documentElement.dataset.now ?? '');
  const ahead = Number.isNaN(served) ? 0 : served - Date.now();
  const now = () => Date.now() + ahead;

  const full = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const exact = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'full',
    timeStyle: 'long',
  });
  const STEPS = [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];

  /** As the service writes it: "5 min ago", "in 2 h". */
  function relative(at) {
    const seconds = Math.round((now() - at) / 1000);
    const size = Math.abs(seconds);
    if (size < 5) return 'just now';
    const [unit, length] = STEPS.find(([, step]) => size >= step) ?? STEPS.at(-1);
    const count = `${Math.floor(size / length)} ${unit}`;
    return seconds > 0 ? `${count} ago` : `in ${count}`;
  }

  function localize(root) {
    for (const element of root.querySelectorAll('time[datetime]')) {
      const at = Date.parse(element.dateTime);
      if (Number.isNaN(at)) continue;
      if (element.dataset.show === 'relative') element.textContent = relative(at);
      else if (element.dataset.show === 'moment') element.textContent = full.format(at);
      element.title = `${exact.format(at)} (${element.dateTime})`;
    }
  }

  localize(document);
  document.addEventListener('htmx:afterSettle', (event) => localize(event.target));
  setInterval(() => localize(document), 15_000);

  // Escape closes an open confirmation and goes back to what opened it.
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const open = document.activeElement?.closest('details[open].confirm');
    if (!open) return;
    open.open = false;
    open.querySelector('summary').focus();
  });

  // One confirmation at a time.
  document.addEventListener(
    'toggle',
    (event) => {
      const opened = event.target;
      if (!(opened instanceof HTMLDetailsElement) || !opened.open) return;
      if (!opened.classList.contains('confirm')) return;
      for (const other of document.querySelectorAll('details[open].confirm')) {
        if (other !== opened) other.open = false;
      }
    },
    true,
  );

  // A form that has been sent is not sent again by a second click.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent === 'yes') {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
  });
  window.addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  });
})();
