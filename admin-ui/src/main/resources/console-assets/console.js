// What every page does: times in the reader's zone, the theme switch, tabs that follow the address.

const moment = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

function showLocalTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]:not([data-local])')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.title = at.toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
      time.textContent = moment.format(at);
      time.dataset.local = '';
    }
  }
}

function toggleTheme() {
  const root = document.documentElement;
  const next = root.getAttribute('data-bs-theme') === 'dark' ? 'light' : 'dark';
  root.setAttribute('data-bs-theme', next);
  try {
    localStorage.setItem('belfry-theme', next);
  } catch {
    // It then lasts as long as the page.
  }
  document.dispatchEvent(new CustomEvent('belfry:theme'));
}

function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  navigator.clipboard.writeText(source.textContent.trim()).then(() => {
    button.textContent = 'Copied';
  });
}

/** A form that sends something is sent once, however often its button is pressed. */
function sendOnce(event) {
  const form = event.target;
  if (form.matches('[data-once]')) {
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = 'true';
  }
}

/** A link to a question opens it over the page; without scripts, or when it fails, the link leads to a page. */
async function ask(link) {
  const dialog = document.querySelector('#question');
  dialog.replaceChildren();
  await htmx.ajax('GET', link.href, { target: dialog, swap: 'innerHTML' });
  if (dialog.childElementCount === 0) {
    location.href = link.href;
  } else {
    dialog.showModal();
  }
}

/** The button of a question that wants something typed works once that is typed. */
function matchTyped(input) {
  const button = input.form.querySelector('button:not([type])');
  button.disabled = input.value.replace(/[\s,.]/g, '') !== input.dataset.expects;
}

/** Says to the server in which time zone dates are typed, and shows the times it gave in that zone. */
function tellZone(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  root.querySelectorAll('input[data-zone]').forEach((input) => { input.value = zone; });
  root.querySelectorAll('input[data-zone-default]').forEach((input) => { input.value ||= zone; });
  root.querySelectorAll('[data-zone-name]').forEach((name) => { name.textContent = zone.replace('_', ' '); });
  root.querySelectorAll('input[data-at]').forEach((input) => {
    const at = new Date(input.dataset.at);
    input.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  });
}

showLocalTimes(document);
tellZone(document);
document.querySelectorAll('[data-expects]').forEach(matchTyped);
document.addEventListener('change', (event) => event.target.matches('[data-submits]') && event.target.form.submit());
document.addEventListener('input', (event) => event.target.matches('[data-expects]') && matchTyped(event.target));
document.body.addEventListener('htmx:afterSwap', (event) => {
  showLocalTimes(event.detail.target.parentElement ?? document);
  event.detail.target.querySelectorAll('[data-expects]').forEach(matchTyped);
});
document.addEventListener('submit', sendOnce);
// Somebody who comes back by the browser's button may send again.
addEventListener('pageshow', () => document.querySelectorAll('[data-sent]').forEach((form) => delete form.dataset.sent));
document.addEventListener('click', (event) => {
  const target = event.target.closest('[data-theme-toggle], [data-copy], [data-ask], [data-close]');
  if (target?.matches('[data-theme-toggle]')) {
    toggleTheme();
  } else if (target?.matches('[data-copy]')) {
    copy(target);
  } else if (target?.matches('[data-ask]') && !event.ctrlKey && !event.metaKey && document.querySelector('#question')) {
    event.preventDefault();
    ask(target);
  } else if (target?.closest('dialog')) {
    event.preventDefault();
    target.closest('dialog').close();
  }
});
