// A lock screen fed by the simulator's event stream.

const SHOWN_MAX = 50;
const BELL = 'M12 2a2 2 0 0 0-2 2v.4A6.5 6.5 0 0 0 5.5 10.6v4L3.7 17.3A.9.9 0 0 0 4.4 18.8h15.2a.9.9 0 0 0 .7-1.5L18.5 14.6v-4A6.5 6.5 0 0 0 14 4.4V4a2 2 0 0 0-2-2Zm-2.5 18a2.6 2.6 0 0 0 5 0Z';
const SVG = 'http://www.w3.org/2000/svg';

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function icon(path, viewBox = '0 0 24 24') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', viewBox);
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

function bell(className) {
  const box = element('span', className);
  box.append(icon(BELL));
  return box;
}

function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1000));
  if (seconds < 45) return 'now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))}m ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)}h ago`;
  return new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

/** Only web links may be followed; what else a message carries is shown as text. */
function webLink(link) {
  try {
    const url = new URL(link);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  } catch {
    return null;
  }
}

/** Draws one phone into `root`. */
export class Phone {
  #cards = new Map();
  #shade = element('ol', 'shade');
  #quiet = element('li', 'quiet');
  #badge = element('span', 'badge');
  #state = element('span', 'link-state', 'online');
  #time = element('div', 'time');
  #date = element('div', 'date');
  #smallTime = element('span');
  #ticking;

  constructor(root, label) {
    const device = element('section', 'device');
    device.setAttribute('aria-label', `Phone ${label}`);
    const screen = element('div', 'screen');
    screen.append(this.#status(), this.#clock(), this.#shade, this.#dock(label), element('div', 'home'));
    device.append(screen);
    root.replaceChildren(device);

    this.#shade.setAttribute('aria-label', 'Notifications');
    this.#shade.setAttribute('aria-live', 'polite');
    this.#shade.tabIndex = 0;
    this.#quiet.append(icon(BELL), 'No notifications. A push appears here the moment it is sent.');
    this.#badge.hidden = true;
    this.clear();
    this.#tick();
    this.#ticking = setInterval(() => this.#tick(), 5000);
  }

  close() {
    clearInterval(this.#ticking);
  }

  #status() {
    const status = element('div', 'status');
    status.setAttribute('aria-hidden', 'true');
    const signal = element('span', 'signal');
    signal.append(
      icon('M1 14h3v4H1zM6 10h3v8H6zM11 6h3v12h-3zM16 2h3v16h-3z', '0 0 20 20'),
      icon('M2 5h22a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H2a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Zm26 3h2v4h-2z', '0 0 30 20'));
    status.append(this.#smallTime, element('span', 'island'), signal);
    return status;
  }

  #clock() {
    const clock = element('div', 'clock');
    clock.setAttribute('aria-hidden', 'true');
    clock.append(this.#date, this.#time);
    return clock;
  }

  #dock(label) {
    const dock = element('div', 'dock');
    const app = element('span', 'app');
    app.append(bell('icon'), this.#badge);
    const who = element('div', 'who');
    const name = element('b', '', label);
    name.title = label;
    who.append(name, this.#state);
    dock.append(app, who);
    return dock;
  }

  #tick() {
    const now = new Date();
    this.#time.textContent = now.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
    this.#smallTime.textContent = this.#time.textContent;
    this.#date.textContent = now.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
    for (const { time, at } of this.#cards.values()) time.textContent = ago(at);
  }

  connected(up) {
    this.#state.textContent = up ? 'online' : 'reconnecting…';
    this.#state.dataset.state = up ? 'up' : 'down';
  }

  clear() {
    this.#cards.clear();
    this.#badge.hidden = true;
    this.#shade.replaceChildren(this.#quiet);
  }

  /** Does what a delivered message says, as an app would: shows it, or takes one away; what is silent shows nothing. */
  deliver(received) {
    const withdrawn = received.message.data?.withdrawn;
    if (withdrawn) this.#withdraw(`${received.token}|${withdrawn}`, received.sequence);
    else if (received.notification.title || received.notification.body) this.#show(received);
    this.#count(received.notification.badge);
  }

  #withdraw(key, sequence) {
    const former = this.#cards.get(key);
    if (!former || former.sequence > sequence) return;
    former.card.remove();
    this.#cards.delete(key);
    if (this.#cards.size === 0) this.#shade.append(this.#quiet);
  }

  #count(badge) {
    if (!Number.isInteger(badge)) return;
    this.#badge.textContent = badge > 999 ? '999+' : String(badge);
    this.#badge.hidden = badge === 0;
    this.#badge.setAttribute('aria-label', `${badge} unread`);
  }

  /** One with the same collapse key takes the place of the former. */
  #show(received) {
    const push = received.notification;
    const key = push.collapseKey ? `${received.token}|${push.collapseKey}` : `#${received.sequence}`;
    const former = this.#cards.get(key);
    if (former && former.sequence >= received.sequence) return;
    former?.card.remove();
    this.#quiet.remove();

    const card = this.#card(received, former !== undefined);
    this.#shade.prepend(card.card);
    this.#cards.delete(key);
    this.#cards.set(key, card);
    if (this.#cards.size > SHOWN_MAX) {
      const [oldest] = this.#cards.keys();
      this.#cards.get(oldest).card.remove();
      this.#cards.delete(oldest);
    }
  }

  #card(received, replaces) {
    const push = received.notification;
    const at = Date.parse(received.receivedAt);
    const card = element('li', `push ${replaces ? 'replaced' : 'arriving'}`);
    card.dataset.sequence = received.sequence;

    const top = element('div', 'top');
    const time = element('time', '', ago(at));
    time.dateTime = received.receivedAt;
    time.title = new Date(at).toLocaleString();
    top.append(element('h2', 'title', push.title || 'Notification'), time);

    const more = element('button', 'more');
    more.type = 'button';
    more.setAttribute('aria-expanded', 'false');
    more.append(element('span', 'text', push.body));
    more.addEventListener('click', () => {
      more.setAttribute('aria-expanded', String(card.classList.toggle('open')));
    });

    const foot = element('div', 'foot');
    if (push.link) foot.append(this.#link(push.link));
    if (replaces) foot.append(element('span', 'note', 'updated'));
    card.append(bell('icon'), top, more, foot);
    return { card, time, at, sequence: received.sequence };
  }

  #link(link) {
    const url = webLink(link);
    const node = element(url ? 'a' : 'span', 'link', url ? `${url.host}${url.pathname === '/' ? '' : url.pathname}` : link);
    node.title = link;
    if (url) {
      node.href = url.href;
      node.target = '_blank';
      node.rel = 'noopener noreferrer';
    }
    return node;
  }
}

/** Follows the simulator's stream; `token` empty means every phone. Reconnects by itself. */
export function follow(token, { message, reset, connected }) {
  const source = new EventSource(`/simulator/events${token ? `?token=${encodeURIComponent(token)}` : ''}`);
  let epoch;
  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
  source.addEventListener('hello', event => {
    const next = JSON.parse(event.data).epoch;
    if (epoch !== undefined && epoch !== next) reset();
    epoch = next;
  });
  source.addEventListener('message', event => message(JSON.parse(event.data)));
  source.addEventListener('reload', async () => {
    const query = token ? `&token=${encodeURIComponent(token)}` : '';
    const response = await fetch(`/simulator/messages?limit=50${query}`);
    reset();
    for (const received of (await response.json()).messages) message(received);
  });
  return source;
}

const alone = document.querySelector('body.alone [data-phone]');
if (alone) {
  document.body.classList.toggle('framed', window !== window.parent);
  const token = decodeURIComponent(location.pathname.split('/')[2] ?? '');
  document.title = token ? `Phone ${token}` : 'All phones';
  const phone = new Phone(alone, token || 'all phones');
  follow(token, {
    message: received => received.delivered && phone.deliver(received),
    reset: () => phone.clear(),
    connected: up => phone.connected(up),
  });
}
