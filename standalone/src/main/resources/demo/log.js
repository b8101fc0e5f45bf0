import { nameOf, paint } from './people.js';

const POLL_MS = 400;
const POLLS_MAX = 200;
const ENTRIES_MAX = 50;

/** What a push that is not sent says about why. */
const NO_PUSH = {
  received: 'no push needed: received',
  seen: 'no push needed: seen',
  read: 'no push needed: read',
  no_device: 'no push: no device',
  category_not_pushed: 'no push: category',
};

/** Follows events from the POST to the screen or the phone. */
export class Log {
  #list;
  #nothing;
  #entries = new Set();

  constructor(list, nothing) {
    this.#list = list;
    this.#nothing = nothing;
  }

  add(event, began) {
    this.#nothing.hidden = true;
    const entry = new Entry(event, began);
    this.#entries.add(entry);
    this.#list.prepend(entry.root);
    if (this.#entries.size > ENTRIES_MAX) {
      const [oldest] = this.#entries;
      this.#entries.delete(oldest);
      oldest.root.remove();
    }
    return entry;
  }

  arrived(id, at) {
    this.#entries.forEach(entry => entry.arrived(id, at));
  }

  changed(items) {
    const read = new Set(items.filter(item => item.read).map(item => item.id));
    this.#entries.forEach(entry => entry.read(read));
  }
}

class Entry {
  #event;
  #began;
  #ways = [];
  /** A notification may be on the screen before the POST is answered. */
  #early = new Map();

  constructor(event, began) {
    this.#event = event;
    this.#began = began;
    const copy = document.querySelector('#entry').content.cloneNode(true);
    this.root = copy.querySelector('.entry');
    this.root.querySelector('code').textContent = event.type;
    this.root.querySelector('time').textContent = new Date().toLocaleTimeString(undefined, { hour12: false });
  }

  accepted({ id, micros, notifications }) {
    this.root.dataset.event = id;
    this.root.querySelector('.accepted').append(chip(`202 accepted and durable in ${duration(micros / 1000)}`, 'good'));
    this.#ways = this.#event.recipients.map(user => new Way(user, notifications[user], this.#began));
    this.root.querySelector('.ways').append(...this.#ways.map(way => way.root));
    for (const way of this.#ways) {
      if (this.#early.has(way.id)) way.arrived(this.#early.get(way.id));
    }
  }

  refused({ title, status }) {
    this.root.querySelector('.accepted').append(chip([status, title].filter(Boolean).join(' '), 'bad'));
  }

  arrived(id, at) {
    this.#early.set(id, at);
    this.#ways.find(way => way.id === id)?.arrived(at);
  }

  read(ids) {
    for (const way of this.#ways) if (ids.has(way.id)) way.wasRead();
  }
}

/** The way of one notification. */
class Way {
  #began;
  #stages = document.createElement('span');
  #live = null;
  #read = false;
  #trace = null;
  #polls = 0;

  constructor(user, id, began) {
    this.id = id;
    this.#began = began;
    this.root = document.createElement('li');
    this.root.className = 'way';
    this.root.dataset.user = user;
    const avatar = document.createElement('span');
    avatar.className = 'avatar';
    avatar.title = nameOf(user);
    avatar.textContent = nameOf(user).charAt(0);
    paint(avatar, [...document.querySelectorAll('.person')].findIndex(person => person.dataset.user === user));
    this.#stages.className = 'stages';
    const link = document.createElement('a');
    link.href = `/console/notifications/${id}`;
    link.textContent = 'trace';
    link.setAttribute('aria-label', `Trace of the notification for ${nameOf(user)}`);
    this.root.append(avatar, this.#stages, link);
    this.#show();
    void this.#poll();
  }

  arrived(at) {
    this.#live = at - this.#began;
    this.#show();
  }

  wasRead() {
    if (this.#read) return;
    this.#read = true;
    this.#show();
  }

  async #poll() {
    try {
      const response = await fetch(`/demo/notifications/${this.id}`);
      if (response.status === 200) {
        this.#trace = await response.json();
        this.#show();
      }
    } catch {
      // The next one may be answered.
    }
    if (!this.#isSettled() && this.#polls++ < POLLS_MAX) setTimeout(() => void this.#poll(), POLL_MS);
  }

  #isSettled() {
    const trace = this.#trace;
    if (!trace || trace.pushDueAt) return false;
    return trace.push !== 'planned' || (trace.attempts ?? []).some(({ outcome }) => outcome !== 'sending');
  }

  #show() {
    const chips = [];
    const trace = this.#trace;
    if (!trace) chips.push(chip('being written…', 'wait'));
    else chips.push(chip(`written after ${duration(Date.parse(trace.writtenAt) - Date.parse(trace.acceptedAt))}`));
    if (this.#live !== null) chips.push(chip(`on screen after ${duration(this.#live)}`, 'good'));
    if (trace) {
      if ((trace.received ?? []).length > 0) chips.push(chip('received', 'good'));
      chips.push(...this.#pushes(trace));
    }
    if (this.#read) chips.push(chip('read', 'good'));
    this.#stages.replaceChildren(...chips);
  }

  #pushes({ push, pushDueAt, attempts = [], acceptedAt }) {
    const chips = attempts.map(({ deviceId, outcome, startedAt, finishedAt }) => {
      const after = duration(Date.parse(finishedAt ?? startedAt) - Date.parse(acceptedAt));
      if (outcome === 'accepted') return chip(`pushed to ${deviceId} after ${after}`, 'push');
      return chip(outcome === 'sending' ? 'pushing…' : `push to ${deviceId}: ${outcome.replace('_', ' ')}`, 'wait');
    });
    if (pushDueAt && attempts.length === 0) {
      const seconds = Math.max(0, (Date.parse(pushDueAt) - Date.now()) / 1000);
      chips.push(chip(`push in ${seconds.toFixed(0)} s unless proven`, 'wait'));
    }
    if (push !== 'planned' && attempts.length === 0) chips.push(chip(NO_PUSH[push] ?? `no push: ${push.replaceAll('_', ' ')}`));
    return chips;
  }
}

function chip(text, kind = '') {
  const made = document.createElement('span');
  made.className = `chip ${kind}`;
  made.textContent = text;
  return made;
}

function duration(millis) {
  if (millis >= 1000) return `${(millis / 1000).toFixed(1)} s`;
  return `${millis < 10 ? Math.max(0, millis).toFixed(1) : Math.round(millis)} ms`;
}
