// A stand-in for Belfry's gateway, for tests and for working on pages: one inbox per user, in memory.
// `npm run mock` serves it with a page; nothing of it is shipped.
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer } from 'ws';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.map': 'application/json' };

/** One user's inbox, as the server's core keeps it: each change takes the next offset. */
export class Inbox {
  head = 0;
  items = [];
  announcementsRead = new Map();
  readThrough = { offset: 0, at: 0 };
  seenThrough = { offset: 0, at: 0 };

  get counts() {
    const shown = this.items.map(item => this.shown(item));
    return {
      total: shown.length,
      unread: shown.filter(item => !item.read).length,
      unseen: shown.filter(item => !item.seen).length,
    };
  }

  shown({ changed, ...item }) {
    const read = item.read || item.offset <= this.readThrough.offset;
    return { ...item, read, seen: read || item.offset <= this.seenThrough.offset };
  }

  create(fields = {}) {
    const offset = ++this.head;
    const item = { id: randomUUID(), offset, changed: offset, type: 'test', category: 'general', priority: 'normal',
      createdAt: new Date().toISOString(), read: false, seen: false, data: {}, ...fields };
    this.items.push(item);
    return { offset, data: { kind: 'notification', notification: this.shown(item), counts: this.counts } };
  }

  markRead(ids) {
    const unread = this.items.filter(item => ids.includes(item.id) && !this.shown(item).read);
    if (unread.length === 0) return null;
    const offset = ++this.head;
    for (const item of unread) Object.assign(item, { read: true, changed: offset });
    return { offset, data: { kind: 'read', ids: unread.map(item => item.id), counts: this.counts } };
  }

  markThrough(kind, upTo) {
    const offset = Math.min(upTo, this.head);
    if (offset <= this[kind].offset) return null;
    this[kind] = { offset, at: ++this.head };
    return { offset: this.head, data: { kind, offset, counts: this.counts } };
  }

  markAnnouncementsRead(ids) {
    const unread = ids.filter(id => !this.announcementsRead.has(id));
    if (unread.length === 0) return null;
    const offset = ++this.head;
    for (const id of unread) this.announcementsRead.set(id, offset);
    return { offset, data: { kind: 'announcementsRead', ids: unread, counts: this.counts } };
  }

  list({ limit = 20, cursor } = {}) {
    const before = cursor ? Number(cursor.slice(1)) : Infinity;
    const older = this.items.filter(item => item.offset < before).reverse();
    const items = older.slice(0, limit).map(item => this.shown(item));
    return { items, ...(older.length > limit && { nextCursor: `b${items.at(-1).offset}` }), counts: this.counts, offset: this.head };
  }

  /** The present state of everything that changed since, in order. */
  since(offset) {
    const last = at => (at === this.head ? { counts: this.counts } : {});
    const changes = this.items.filter(item => item.changed > offset).map(item => (
      { offset: item.changed, data: { kind: 'notification', notification: this.shown(item), ...last(item.changed) } }));
    for (const kind of ['readThrough', 'seenThrough']) {
      const { offset: through, at } = this[kind];
      if (at > offset) changes.push({ offset: at, data: { kind, offset: through, ...last(at) } });
    }
    for (const [id, at] of this.announcementsRead) {
      if (at > offset) changes.push({ offset: at, data: { kind: 'announcementsRead', ids: [id], ...last(at) } });
    }
    return changes.sort((a, b) => a.offset - b.offset);
  }
}

export class MockBelfry {
  inboxes = new Map();
  announcements = [];
  connections = new Set();
  requests = [];
  epoch = 'mock';
  recoverMax = 100;
  /** Answers an RPC in place of the usual: return an error object, or undefined. */
  refuse = () => undefined;

  constructor(folders = {}) {
    this.http = createServer((request, response) => this.#serve(folders, request, response));
    new WebSocketServer({ server: this.http, path: '/connection/websocket' }).on('connection', socket => this.#open(socket));
  }

  listen(port = 0) {
    return new Promise(resolve => this.http.listen(port, '127.0.0.1', () => {
      this.url = `http://127.0.0.1:${this.http.address().port}`;
      resolve(this);
    }));
  }

  close() {
    this.dropAll();
    return new Promise(resolve => this.http.close(resolve));
  }

  inbox(user) {
    if (!this.inboxes.has(user)) this.inboxes.set(user, new Inbox());
    return this.inboxes.get(user);
  }

  notify(user, fields) {
    const change = this.inbox(user).create(fields);
    this.publish(user, change);
    return change.data.notification;
  }

  announce(fields = {}) {
    const announcement = { id: randomUUID(), category: 'news', title: 'News', body: 'Something new', publishedAt: new Date().toISOString(), ...fields };
    this.announcements.push(announcement);
    for (const connection of this.connections) {
      connection.send({ push: { channel: 'announcements', pub: {
        data: { kind: 'announcement', announcement: { ...announcement, read: false } }, offset: this.announcements.length } } });
    }
    return announcement;
  }

  publish(user, change) {
    if (!change) return;
    for (const connection of this.connections) {
      if (connection.user === user) connection.send({ push: { channel: 'inbox', pub: change } });
    }
  }

  dropAll() {
    for (const connection of this.connections) connection.socket.close(3001, 'shutdown');
  }

  #open(socket) {
    const connection = { socket, user: null, send: reply => socket.send(JSON.stringify(reply)) };
    socket.on('close', () => this.connections.delete(connection));
    socket.on('message', frame => {
      for (const line of String(frame).split('\n')) if (line.trim()) this.#command(connection, JSON.parse(line));
    });
  }

  #command(connection, command) {
    if (command.connect) {
      connection.user = command.connect.token;
      connection.data = command.connect.data;
      const subs = { inbox: this.#recover(this.inbox(connection.user), command.connect.subs?.inbox),
        announcements: this.#recoverAnnouncements(connection.user, command.connect.subs?.announcements) };
      this.connections.add(connection);
      connection.send({ id: command.id, connect: { client: randomUUID(), version: 'mock', subs, ping: 25, pong: true } });
    } else if (command.rpc) {
      const { method, data } = command.rpc;
      const error = this.refuse(method, data, connection);
      if (error === null) return;
      if (error) connection.send({ id: command.id, error });
      else connection.send({ id: command.id, rpc: { data: this.#rpc(connection.user, method, data) } });
    }
  }

  #recover(inbox, position) {
    const base = { recoverable: true, positioned: true, epoch: this.epoch };
    if (!position?.recover) return { ...base, offset: inbox.head };
    const offset = position.offset ?? 0;
    const publications = inbox.since(offset);
    const recovered = position.epoch === this.epoch && offset <= inbox.head && publications.length <= this.recoverMax;
    return { ...base, was_recovering: true, recovered, offset: recovered ? offset : inbox.head, ...(recovered && { publications }) };
  }

  #recoverAnnouncements(user, position) {
    const base = { recoverable: true, positioned: true, epoch: this.epoch };
    if (!position?.recover) return { ...base, offset: this.announcements.length };
    const offset = position.offset ?? 0;
    const publications = this.announcements.map((announcement, i) => (
      { data: { kind: 'announcement', announcement: this.#read(user, announcement) }, offset: i + 1 })).slice(offset);
    return { ...base, was_recovering: true, recovered: true, offset, publications };
  }

  #read(user, announcement) {
    return { ...announcement, read: this.inbox(user).announcementsRead.has(announcement.id) };
  }

  #rpc(user, method, data = {}) {
    const inbox = this.inbox(user);
    switch (method) {
      case 'inbox.list': {
        const page = inbox.list(data);
        return data.cursor ? page : { ...page, announcements: this.announcements.map(a => this.#read(user, a)).reverse() };
      }
      case 'inbox.markRead':
        this.publish(user, data.ids ? inbox.markRead(data.ids) : inbox.markThrough('readThrough', data.upTo));
        break;
      case 'inbox.markSeen':
        this.publish(user, inbox.markThrough('seenThrough', data.upTo));
        break;
      case 'announcements.markRead':
        this.publish(user, inbox.markAnnouncementsRead(data.ids));
        break;
    }
    return { counts: inbox.counts, offset: inbox.head };
  }

  #serve(folders, request, response) {
    const { pathname } = new URL(request.url, 'http://mock');
    if (pathname.startsWith('/v1/')) {
      let body = '';
      request.on('data', chunk => { body += chunk; });
      request.on('end', () => {
        this.requests.push({ method: request.method, path: pathname, authorization: request.headers.authorization, body });
        const refused = request.headers.authorization === 'Bearer expired';
        response.writeHead(refused ? 401 : 204, { 'content-type': 'application/problem+json' });
        response.end(refused ? JSON.stringify({ type: 'urn:belfry:token-expired', title: 'The token has expired' }) : undefined);
      });
      return;
    }
    for (const [prefix, folder] of Object.entries(folders)) {
      const file = join(folder, normalize(pathname.slice(prefix.length)));
      if (pathname.startsWith(prefix) && existsSync(file) && statSync(file).isFile()) {
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
        createReadStream(file).pipe(response);
        return;
      }
    }
    response.writeHead(404).end();
  }
}

if (process.argv[1] === import.meta.filename) {
  const home = join(import.meta.dirname, '..');
  const mock = await new MockBelfry({ '/assets/client/': join(home, 'target/npm/dist'), '/': join(home, 'mock') }).listen(Number(process.argv[2] ?? 0));
  mock.notify('alice', { title: 'Welcome', body: 'This inbox is a mock.' });
  console.log(`${mock.url}/index.html shows the inbox of alice`);
  setInterval(() => mock.notify('alice', { title: 'The time', body: new Date().toString() }), 10_000);
}
