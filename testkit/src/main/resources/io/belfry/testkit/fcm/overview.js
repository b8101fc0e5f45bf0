import { Phone, follow } from '/assets/phone.js';

const LOG_MAX = 100;
const $ = name => document.querySelector(`[data-${name}]`);

const log = $('log');
const chips = $('phones');
const received = new Map();
let chosen = '';
let phone;

function pill(message) {
  const node = document.createElement('span');
  node.className = 'pill';
  if (message.accepted) {
    node.textContent = message.delivered ? 'delivered' : 'accepted';
  } else {
    node.classList.add(message.delivered ? 'warn' : 'bad');
    const name = `${message.status || ''} ${message.failure}`.trim();
    node.textContent = message.delivered ? `${name}, yet delivered` : name;
  }
  return node;
}

function row(message) {
  const item = document.createElement('li');
  item.dataset.token = message.token;
  item.hidden = chosen !== '' && chosen !== message.token;
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const time = document.createElement('time');
  time.dateTime = message.receivedAt;
  time.textContent = new Date(message.receivedAt).toLocaleTimeString(undefined, { hour12: false });
  const what = document.createElement('span');
  what.className = 'what';
  const to = document.createElement('span');
  to.className = 'to';
  to.textContent = ` to ${message.token || 'nobody'}`;
  what.append(message.notification.title || message.notification.body || 'data message', to);
  summary.append(time, what, pill(message));
  details.append(summary);
  // The JSON is long and mostly not looked at.
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) {
      const pre = document.createElement('pre');
      pre.textContent = JSON.stringify(message.message, null, 2);
      pre.tabIndex = 0;
      details.append(pre);
    }
  });
  item.append(details);
  return item;
}

function add(message) {
  if (received.has(message.sequence)) return;
  received.set(message.sequence, message);
  log.prepend(row(message));
  if (received.size > LOG_MAX) {
    received.delete(received.keys().next().value);
    log.lastElementChild?.remove();
  }
  $('none').hidden = true;
  if (message.delivered && (chosen === '' || chosen === message.token)) phone.deliver(message);
  refreshSoon();
}

function reset() {
  received.clear();
  log.replaceChildren();
  $('none').hidden = false;
  phone.clear();
  refreshSoon();
}

function choose(token) {
  chosen = token;
  phone?.close();
  phone = new Phone($('phone'), token || 'all phones');
  for (const message of received.values()) {
    if (message.delivered && (token === '' || token === message.token)) phone.deliver(message);
  }
  for (const item of log.children) item.hidden = token !== '' && token !== item.dataset.token;
  drawChips();
}

let phones = [];
function drawChips() {
  const chip = (token, label, count) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-pressed', String(token === chosen));
    const name = document.createElement('span');
    name.textContent = label;
    button.title = label;
    button.append(name);
    if (count !== undefined) {
      const n = document.createElement('span');
      n.className = 'n';
      n.textContent = count;
      button.append(n);
    }
    button.addEventListener('click', () => choose(token));
    item.append(button);
    return item;
  };
  chips.replaceChildren(chip('', 'all'), ...phones.map(p => chip(p.token, p.token, p.delivered)));
  document.getElementById('known-tokens').replaceChildren(...phones.map(p => {
    const option = document.createElement('option');
    option.value = p.token;
    return option;
  }));
}

async function refresh() {
  try {
    const [state, list] = await Promise.all(
      ['/simulator/state', '/simulator/phones'].map(async path => (await fetch(path)).json()));
    for (const node of document.querySelectorAll('[data-count]')) {
      node.textContent = Number(state[node.dataset.count]).toLocaleString();
    }
    phones = list.phones.slice(-30).reverse();
    drawChips();
  } catch {
    // The stream's state already shows that the simulator is away.
  }
}

// Counters follow the stream, at most twice a second.
let pending;
function refreshSoon() {
  pending ??= setTimeout(() => { pending = undefined; refresh(); }, 500);
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error((await response.json()).detail);
}

async function say(work, done) {
  const said = $('said');
  try {
    await work();
    said.textContent = done;
  } catch (error) {
    said.textContent = error.message;
  }
}

$('script').addEventListener('submit', event => {
  event.preventDefault();
  const form = new FormData(event.target);
  const outcome = form.get('outcome');
  const script = { times: Number(form.get('times')), delivered: form.has('delivered') };
  if (outcome.startsWith('ending:')) script.ending = outcome.slice('ending:'.length);
  else script.failure = outcome;
  if (form.get('token')) script.token = form.get('token');
  if (form.get('retryAfterSeconds')) script.retryAfterSeconds = Number(form.get('retryAfterSeconds'));
  say(() => call('POST', '/simulator/script', script), 'Set. It is used up by the next sends.');
});
$('unscript').addEventListener('click', () => say(() => call('DELETE', '/simulator/script'), 'Every send succeeds again.'));
$('clear').addEventListener('click', () => say(() => call('DELETE', '/simulator/messages'), ''));

choose('');
follow('', { message: add, reset, connected: up => phone.connected(up) });
refresh();
