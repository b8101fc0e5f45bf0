import { BelfryClient } from '/assets/client/belfry-inbox.js';

const HUES = [262, 25, 160, 330];

export function nameOf(id) {
  return id.charAt(0).toUpperCase() + id.slice(1);
}

/** An avatar's colour, the same wherever the person is shown. */
export function paint(element, index) {
  element.style.setProperty('--hue', HUES[index % HUES.length]);
}

/** One user: an app with a bell, and a phone in the pocket. */
export class Person {
  onArrival = () => {};
  onChange = () => {};
  onOpen = () => {};
  onSwitch = () => {};
  online = true;

  constructor(user, index) {
    this.user = user;
    const copy = document.querySelector('#person').content.cloneNode(true);
    this.root = copy.querySelector('.person');
    this.root.dataset.user = user.id;
    paint(this.root, index);
    const name = nameOf(user.id);
    this.root.setAttribute('aria-label', name);
    this.root.querySelector('.avatar').textContent = name.charAt(0);
    this.root.querySelector('h3').textContent = name;
    this.connection = this.root.querySelector('.connection');
    this.switch = this.root.querySelector('.switch');
    this.switch.firstElementChild.textContent = `${name} is online`;
    this.switch.addEventListener('click', () => this.#toggle());
    this.#showPhone(user, name);
    this.client = new BelfryClient({ token: user.token, locale: 'en' });
    this.inbox = this.root.querySelector('belfry-inbox');
    this.inbox.client = this.client;
    this.client.on('connection', connection => this.#showConnection(connection));
    this.client.on('notification', ({ notification }) => this.onArrival(notification.id, performance.now()));
    this.client.on('change', ({ items }) => this.onChange(items));
    this.inbox.addEventListener('belfry-activate', event => {
      event.preventDefault();
      const { notification, announcement } = event.detail;
      this.onOpen((notification ?? announcement).link);
    });
  }

  connect() {
    this.client.connect();
  }

  #showPhone({ phone }, name) {
    const figure = this.root.querySelector('.phone');
    figure.hidden = !phone;
    if (!phone) return;
    const frame = figure.querySelector('iframe');
    frame.title = `${name}'s phone`;
    frame.src = phone;
    figure.querySelector('figcaption').textContent = `${name}'s phone, app closed`;
  }

  #toggle() {
    this.online = !this.online;
    this.switch.setAttribute('aria-checked', String(this.online));
    this.root.classList.toggle('away', !this.online);
    if (this.online) this.client.connect();
    else this.client.disconnect();
    this.onSwitch(this.online);
  }

  #showConnection({ state, reason }) {
    const words = { connecting: 'connecting…', connected: 'online', closed: this.online ? `closed: ${reason}` : 'offline' };
    this.connection.textContent = words[state];
    this.root.dataset.connection = state;
  }
}
