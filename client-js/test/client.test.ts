import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MockBelfry } from '../mock/server.mjs';
import { BelfryClient, BelfryError, Unauthorized, type BelfryOptions } from '../src/index.js';

let belfry: MockBelfry;
const clients: BelfryClient[] = [];

beforeEach(async () => {
  belfry = await new MockBelfry().listen();
});

afterEach(async () => {
  clients.splice(0).forEach(client => client.close());
  await belfry.close();
});

function connect(user: string, options: Partial<BelfryOptions> = {}): BelfryClient {
  const client = new BelfryClient({
    url: belfry.url, token: user, websocket: WebSocket, deviceId: 'd1', protocol: { minReconnectDelay: 10, maxReconnectDelay: 20, timeout: 500 }, ...options,
  });
  clients.push(client);
  client.connect();
  return client;
}

const titles = (client: BelfryClient) => client.state.items.map(item => item.title);

describe('a connected client', () => {
  it('lists what was there, and gets what comes', async () => {
    belfry.notify('alice', { title: 'before' });
    const client = connect('alice');
    await vi.waitFor(() => expect(titles(client)).toEqual(['before']));
    const heard: unknown[] = [];
    client.on('notification', ({ notification, live }) => heard.push([notification.title, live]));
    belfry.notify('alice', { title: 'after' });
    belfry.notify('bob', { title: 'not hers' });
    await vi.waitFor(() => expect(titles(client)).toEqual(['after', 'before']));
    expect(client.state.badge).toBe(2);
    expect(heard).toEqual([['after', true]]);
  });

  it('tells its device and locale', async () => {
    connect('alice', { locale: 'de-AT' });
    await vi.waitFor(() => expect(belfry.connections.size).toBe(1));
    expect([...belfry.connections][0]!.data).toEqual({ deviceId: 'd1', locale: 'de-AT' });
  });

  it('loads page after page', async () => {
    for (let i = 0; i < 45; i++) belfry.notify('alice', { title: String(i) });
    const client = connect('alice');
    await vi.waitFor(() => expect(client.state.items).toHaveLength(20));
    await client.loadMore();
    await client.loadMore();
    expect(client.state.items).toHaveLength(45);
    expect(client.state.hasMore).toBe(false);
  });
});

describe('a client that was away', () => {
  it('catches up in order, and knows that it was not live', async () => {
    const client = connect('alice');
    await vi.waitFor(() => expect(client.state.status).toBe('ready'));
    client.disconnect();
    for (let i = 0; i < 50; i++) belfry.notify('alice', { title: String(i) });
    const heard: string[] = [];
    client.on('notification', ({ notification, live }) => heard.push(`${notification.title}${live ? ' live' : ''}`));
    client.connect();
    await vi.waitFor(() => expect(client.state.items).toHaveLength(50));
    expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    expect(client.state.counts).toEqual({ total: 50, unread: 50, unseen: 50 });
  });

  it('loads everything again when the server cannot tell what it missed', async () => {
    belfry.recoverMax = 3;
    const client = connect('alice');
    await vi.waitFor(() => expect(client.state.status).toBe('ready'));
    client.on('connection', ({ state }) => {
      if (state !== 'connecting') return;
      for (let i = 0; i < 30; i++) belfry.notify('alice', { title: String(i) });
    });
    belfry.dropAll();
    await vi.waitFor(() => expect(client.state.items).toHaveLength(20));
    expect(titles(client)[0]).toBe('29');
    expect(client.state.badge).toBe(30);
  });

  it('sends what was read meanwhile', async () => {
    const { id } = belfry.notify('alice');
    const client = connect('alice');
    await vi.waitFor(() => expect(client.state.items).toHaveLength(1));
    client.disconnect();
    client.markRead([id]);
    expect(client.state.badge).toBe(0);
    expect(belfry.inbox('alice').counts.unread).toBe(1);
    client.connect();
    await vi.waitFor(() => expect(belfry.inbox('alice').counts.unread).toBe(0));
    expect(client.state.badge).toBe(0);
  });
});

describe('reading', () => {
  it('clears the badge on all devices', async () => {
    belfry.notify('alice');
    belfry.notify('alice');
    belfry.announce();
    const [one, other] = [connect('alice'), connect('alice', { deviceId: 'd2' })];
    await vi.waitFor(() => expect([one.state.badge, other.state.badge]).toEqual([3, 3]));
    one.markAllRead();
    expect(one.state.badge).toBe(0);
    await vi.waitFor(() => expect(other.state.badge).toBe(0));
  });

  it('is taken back when it is refused', async () => {
    const { id } = belfry.notify('alice');
    const client = connect('alice');
    await vi.waitFor(() => expect(client.state.items).toHaveLength(1));
    belfry.refuse = method => (method === 'inbox.markRead' ? { code: 403, message: 'no' } : undefined);
    const refused = vi.fn();
    client.on('refused', refused);
    client.markRead([id]);
    expect(client.state.badge).toBe(0);
    await vi.waitFor(() => expect(client.state.badge).toBe(1));
    expect(refused).toHaveBeenCalledOnce();
  });

  it('is sent again when no answer comes', async () => {
    const { id } = belfry.notify('alice');
    const client = connect('alice');
    await vi.waitFor(() => expect(client.state.items).toHaveLength(1));
    let asked = 0;
    belfry.refuse = method => (method === 'inbox.markRead' && asked++ === 0 ? null : undefined);
    client.markRead([id]);
    await vi.waitFor(() => expect(belfry.inbox('alice').counts.unread).toBe(0), { timeout: 5_000 });
    expect(client.state.badge).toBe(0);
  });
});

it('loads again by itself when loading failed', async () => {
  belfry.notify('alice');
  let asked = 0;
  belfry.refuse = method => (method === 'inbox.list' && asked++ === 0 ? { code: 100, message: 'busy', temporary: true } : undefined);
  const client = connect('alice');
  await vi.waitFor(() => expect(client.state.status).toBe('error'));
  await vi.waitFor(() => expect(client.state.items).toHaveLength(1), { timeout: 5_000 });
});

it('announcements come live, late, and once', async () => {
  belfry.announce({ title: 'first' });
  const client = connect('alice');
  await vi.waitFor(() => expect(client.state.announcements).toHaveLength(1));
  belfry.announce({ title: 'second' });
  await vi.waitFor(() => expect(client.state.announcements).toHaveLength(2));
  client.disconnect();
  belfry.announce({ title: 'third' });
  client.connect();
  await vi.waitFor(() => expect(client.state.announcements).toHaveLength(3));
  expect(client.state.unreadAnnouncements).toBe(3);
});

describe('tokens', () => {
  it('are fetched when none is given', async () => {
    const getToken = vi.fn(async () => 'alice');
    const client = new BelfryClient({ url: belfry.url, getToken, websocket: WebSocket });
    clients.push(client);
    client.connect();
    await vi.waitFor(() => expect(client.state.status).toBe('ready'));
    expect(getToken).toHaveBeenCalledOnce();
  });

  it('that are refused for good close the connection', async () => {
    const client = new BelfryClient({ url: belfry.url, getToken: async () => { throw new Unauthorized('signed out'); }, websocket: WebSocket });
    clients.push(client);
    client.connect();
    await vi.waitFor(() => expect(client.connection.state).toBe('closed'));
  });
});

describe('devices', () => {
  it('are registered and unregistered over REST', async () => {
    const client = connect('alice');
    await client.registerDevice({ token: 'push-token', platform: 'web' });
    await client.unregisterDevice();
    expect(belfry.requests).toEqual([
      { method: 'PUT', path: '/v1/devices/d1', authorization: 'Bearer alice', body: '{"token":"push-token","platform":"web"}' },
      { method: 'DELETE', path: '/v1/devices/d1', authorization: 'Bearer alice', body: '' },
    ]);
  });

  it('use a new token when the old one has expired, once', async () => {
    const client = new BelfryClient({ url: belfry.url, token: 'expired', getToken: async () => 'alice', deviceId: 'd1' });
    await client.unregisterDevice();
    expect(belfry.requests.map(request => request.authorization)).toEqual(['Bearer expired', 'Bearer alice']);
    const hopeless = new BelfryClient({ url: belfry.url, token: 'expired', deviceId: 'd1' });
    await expect(hopeless.unregisterDevice()).rejects.toSatisfy((error: BelfryError) =>
      error instanceof BelfryError && error.status === 401 && error.type === 'urn:belfry:token-expired');
  });
});
