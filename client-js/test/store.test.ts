import { describe, expect, it } from 'vitest';
import { Inbox } from '../mock/server.mjs';
import type { Announcement, InboxPublication, Notification, Page } from '../src/model.js';
import { InboxStore, type Load, type PendingAct } from '../src/store.js';

interface Change {
  offset: number;
  data: InboxPublication;
}

/** Deterministic, so that a failing seed can be run again (mulberry32). */
function random(seed: number): (below: number) => number {
  return below => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const copy = <T>(value: T): T => structuredClone(value);

/** A client of the real protocol's shape, on a network that is as slow, forgetful and repetitive as the seed says. */
class Simulation {
  readonly server = new Inbox();
  readonly store = new InboxStore();
  /** What the connection carries and has not delivered, in order. */
  wire: (() => void)[] = [];
  connected = true;
  position = 0;
  pending: PendingAct[] = [];
  loads: Load[] = [];
  needsLoad = false;
  reloading: Load | null = null;

  constructor(readonly pick: (below: number) => number) {
    this.load('reload');
  }

  emit(change: Change | null): void {
    if (!change || !this.connected) return;
    const sent = copy(change);
    this.wire.push(() => this.deliver(sent));
    if (this.pick(6) === 0) this.wire.push(() => this.deliver(sent));
  }

  deliver({ offset, data }: Change): void {
    this.position = Math.max(this.position, offset);
    this.store.publish(data, offset);
  }

  load(kind: 'reload' | 'more'): void {
    const load = kind === 'reload' ? this.store.reload() : this.store.more();
    if (!load) return;
    this.loads.push(load);
    if (kind === 'reload') {
      this.needsLoad = true;
      this.reloading = load;
    }
    if (!this.connected || this.pick(8) === 0) {
      load.failed();
      return;
    }
    // The query and the reply are each somewhere among the publications.
    this.wire.push(() => {
      const page = copy(this.server.list({ limit: 5, cursor: load.cursor ?? undefined })) as Page;
      this.wire.splice(this.pick(this.wire.length + 1), 0, () => {
        load.done(page);
        if (load === this.reloading) this.needsLoad = false;
      });
    });
  }

  act(): void {
    const { items } = this.store.state;
    const one = items[this.pick(Math.max(1, items.length))];
    const upTo = this.store.head;
    switch (this.pick(3)) {
      case 0:
        if (one) this.send(this.store.act({ kind: 'read', ids: [one.id] }), () => this.server.markRead([one.id]));
        break;
      case 1:
        this.send(this.store.act({ kind: 'readThrough', offset: upTo }), () => this.server.markThrough('readThrough', upTo));
        break;
      default:
        this.send(this.store.act({ kind: 'seenThrough', offset: upTo }), () => this.server.markThrough('seenThrough', upTo));
    }
  }

  send(pending: PendingAct, perform: () => Change | null): void {
    this.pending.push(pending);
    if (!this.connected || this.pick(5) === 0) {
      pending.failed();
      return;
    }
    this.wire.push(() => {
      this.emit(perform());
      const position = { counts: this.server.counts, offset: this.server.head };
      this.wire.push(() => pending.done(position));
    });
  }

  disconnect(): void {
    this.connected = false;
    this.wire = [];
    this.pending.forEach(pending => pending.failed());
    this.loads.forEach(load => load.failed());
    this.loads = [];
    this.pending = [];
  }

  reconnect(): void {
    this.connected = true;
    if (this.pick(4) === 0) {
      this.position = this.server.head;
      this.store.lost();
      this.load('reload');
    } else {
      this.server.since(this.position).forEach((change: Change) => this.deliver(copy(change)));
      if (this.needsLoad) this.load('reload');
    }
  }

  step(): void {
    const dice = this.pick(20);
    if (dice < 5) this.emit(this.server.create({ title: `number ${this.server.head}` }) as Change);
    else if (dice < 7 && this.server.items.length > 0) {
      const { id } = this.server.items[this.pick(this.server.items.length)]!;
      this.emit(this.server.markRead([id]));
    } else if (dice === 7) this.emit(this.server.markThrough('readThrough', this.pick(this.server.head + 1)));
    else if (dice < 10) this.act();
    else if (dice === 10) this.load('more');
    else if (dice === 11 && this.connected) this.load('reload');
    else if (dice === 12) this.connected ? this.disconnect() : this.reconnect();
    else this.wire.shift()?.();
  }

  settle(): void {
    if (!this.connected) this.reconnect();
    for (let i = 0; i < 100 && this.needsLoad; i++) {
      while (this.wire.length > 0) this.wire.shift()!();
      if (this.needsLoad) this.load('reload');
    }
    while (this.wire.length > 0) this.wire.shift()!();
    for (let i = 0; i < 1000 && this.store.state.hasMore; i++) {
      this.load('more');
      while (this.wire.length > 0) this.wire.shift()!();
    }
  }
}

it('ends as the server is, whatever the network does', () => {
  for (let seed = 0; seed < 300; seed++) {
    const simulation = new Simulation(random(seed));
    for (let i = 0; i < 250; i++) {
      simulation.step();
      const { items, counts } = simulation.store.state;
      const sane = new Set(items.map(item => item.id)).size === items.length && counts.unread >= 0 && counts.unseen >= 0;
      if (!sane || hasGap(simulation, items)) expect.fail(`seed ${seed}, step ${i}: ${JSON.stringify({ counts, items })}`);
    }
    simulation.settle();
    const { items, counts } = simulation.store.state;
    expect(items, `seed ${seed}`).toEqual(simulation.server.list({ limit: 10_000 }).items);
    expect(counts, `seed ${seed}`).toEqual(simulation.server.counts);
  }
}, 60_000);

/** Whether one is missing between the newest that is shown and the oldest. */
function hasGap({ server }: Simulation, items: readonly Notification[]): boolean {
  if (items.length === 0) return false;
  const [newest, oldest] = [items[0]!.offset, items.at(-1)!.offset];
  return server.items.filter(({ offset }) => oldest <= offset && offset <= newest).length !== items.length;
}

function loaded(server: Inbox, announcements: Announcement[] = [], now = Date.now): InboxStore {
  const store = new InboxStore(now);
  store.reload().done({ ...copy(server.list()), announcements } as Page);
  return store;
}

const announcement = (id: string, more: Partial<Announcement> = {}): Announcement =>
  ({ id, category: 'news', title: id, body: '', publishedAt: '2026-01-01T00:00:00Z', read: false, ...more });

describe('counts', () => {
  it('are those of the newest offset, in whatever order they come', () => {
    const server = new Inbox();
    const store = loaded(server);
    const first = copy(server.create()) as Change;
    const second = copy(server.create()) as Change;
    store.publish(second.data, second.offset);
    store.publish(first.data, first.offset);
    expect(store.state.counts.unread).toBe(2);
    expect(store.state.items.map(item => item.offset)).toEqual([2, 1]);
  });

  it('of a recovered publication that tells none stay as they are', () => {
    const store = loaded(new Inbox());
    const { data } = copy(new Inbox().create()) as Change;
    store.publish({ ...data, counts: undefined } as unknown as InboxPublication, 1);
    expect(store.state.counts.unread).toBe(0);
  });
});

describe('acts', () => {
  it('show at once, and stay when the server agrees', () => {
    const server = new Inbox();
    const { data } = server.create();
    const store = loaded(server);
    const pending = store.act({ kind: 'read', ids: [data.notification.id] });
    expect(store.state.items[0]!.read).toBe(true);
    expect(store.state.counts.unread).toBe(0);
    server.markRead([data.notification.id]);
    pending.done({ counts: server.counts, offset: server.head });
    expect(store.state.items[0]!.read).toBe(true);
    expect(store.state.badge).toBe(0);
  });

  it('are taken back when the server refuses', () => {
    const server = new Inbox();
    server.create();
    server.create();
    const store = loaded(server);
    const pending = store.act({ kind: 'readThrough', offset: store.head });
    expect(store.state.counts.unread).toBe(0);
    pending.failed();
    expect(store.state.counts.unread).toBe(2);
    expect(store.state.items.every(item => !item.read)).toBe(true);
  });

  it('on everything leave out what arrives meanwhile', () => {
    const server = new Inbox();
    for (let i = 0; i < 30; i++) server.create();
    const store = loaded(server);
    store.act({ kind: 'readThrough', offset: store.head });
    const late = copy(server.create()) as Change;
    store.publish(late.data, late.offset);
    expect(store.state.counts.unread).toBe(1);
    expect(store.state.items.filter(item => !item.read)).toHaveLength(1);
  });
});

describe('announcements', () => {
  it('count in the badge until they are read, here or elsewhere', () => {
    const store = loaded(new Inbox(), [announcement('a')]);
    store.announce({ kind: 'announcement', announcement: announcement('b') });
    expect(store.state.badge).toBe(2);
    store.act({ kind: 'announcementsRead', ids: ['a'] });
    expect(store.state.badge).toBe(1);
    store.publish({ kind: 'announcementsRead', ids: ['a', 'b'] }, 1);
    expect(store.state.unreadAnnouncements).toBe(0);
  });

  it('that come twice stay read', () => {
    const store = loaded(new Inbox(), [announcement('a')]);
    store.publish({ kind: 'announcementsRead', ids: ['a'] }, 1);
    expect(store.announce({ kind: 'announcement', announcement: announcement('a') })).toBeNull();
    expect(store.state.badge).toBe(0);
  });

  it('that are recalled go, and do not come back with a page that was asked for before', () => {
    const store = loaded(new Inbox(), [announcement('a'), announcement('b')]);
    expect(store.announce({ kind: 'recalled', ids: ['a'] })).toBeNull();
    expect(store.state.announcements.map(a => a.id)).toEqual(['b']);
    const load = store.reload();
    store.announce({ kind: 'recalled', ids: ['b'] });
    load.done({ ...copy(new Inbox().list()), announcements: [announcement('b')] } as Page);
    expect(store.state.announcements).toEqual([]);
    expect(store.state.badge).toBe(0);
  });

  it('end when their time is over', () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const store = loaded(new Inbox(), [announcement('a', { validUntil: '2026-01-01T01:00:00Z' })], () => now);
    expect(store.state.announcements).toHaveLength(1);
    now += 3_600_001;
    store.announce({ kind: 'announcement', announcement: announcement('b') });
    expect(store.state.announcements.map(a => a.id)).toEqual(['b']);
  });
});

it('ignores kinds of a newer server, but for their counts', () => {
  const store = loaded(new Inbox());
  store.publish({ kind: 'invented', counts: { total: 3, unread: 2, unseen: 1 } } as unknown as InboxPublication, 9);
  expect(store.state.counts).toEqual({ total: 3, unread: 2, unseen: 1 });
  expect(store.head).toBe(9);
});

describe('a collapse key', () => {
  const keyed = (id: string, offset: number, total: number): [InboxPublication, number] => [
    {
      kind: 'notification',
      notification: {
        id,
        offset,
        type: 'match.goal',
        category: 'general',
        priority: 'normal',
        createdAt: '2026-01-01T00:00:00Z',
        read: false,
        seen: false,
        collapseKey: 'match/1',
        data: {},
      },
      counts: { total, unread: total, unseen: total },
    },
    offset,
  ];

  it('keeps the newest alone', () => {
    const server = new Inbox();
    const store = loaded(server);
    store.publish(...keyed('a', 1, 1));
    const { data } = copy(server.create()) as Change;
    store.publish({ ...data, notification: { ...(data as { notification: Notification }).notification, offset: 2 } } as InboxPublication, 2);
    store.publish(...keyed('b', 3, 2));
    expect(store.state.items.map(item => item.offset)).toEqual([3, 2]);
    expect(store.state.counts.total).toBe(2);
  });

  it('lets no older one come back', () => {
    const store = loaded(new Inbox());
    store.publish(...keyed('b', 3, 1));
    store.publish(...keyed('a', 1, 1));
    expect(store.state.items.map(item => item.id)).toEqual(['b']);
  });
});
