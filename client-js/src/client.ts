import { Centrifuge, UnauthorizedError, type Options, type ServerPublicationContext, type ServerSubscribedContext } from 'centrifuge';
import { Emitter } from './emitter.js';
import { installationId } from './installation.js';
import type { Announcement, AnnouncementPublication, InboxPublication, Notification, Page, Position } from './model.js';
import { Rest } from './rest.js';
import { InboxStore, type Act, type InboxState, type Load, type PendingAct } from './store.js';

export interface BelfryOptions {
  /** Where Belfry is, such as `https://belfry.example.com`. Default: where the page comes from. */
  readonly url?: string;
  /** The user's token. Without `getToken` it is used until it expires. */
  readonly token?: string;
  /** Fetches a token from the host's backend, at first and before one expires. Throw `Unauthorized` to give up. */
  readonly getToken?: () => Promise<string>;
  /** Tells this installation from the user's other devices. Default: `installationId()`. */
  readonly deviceId?: string;
  /** In which language to show announcements, as a BCP 47 tag. Default: the browser's. */
  readonly locale?: string;
  /** How many notifications to load at once. */
  readonly pageSize?: number;
  /** For runtimes without a WebSocket of their own. */
  readonly websocket?: unknown;
  /** Passed on to the protocol client. */
  readonly protocol?: Partial<Options>;
}

/** The connection. `closed` is for good, by `disconnect()` or because the server refuses. */
export type Connection =
  | { readonly state: 'connecting' | 'connected' }
  | { readonly state: 'closed'; readonly code: number; readonly reason: string };

export interface BelfryEvents {
  connection: Connection;
  /** Anything that the inbox shows has changed. */
  change: InboxState;
  /** A new one, live or after the connection was away. */
  notification: { readonly notification: Notification; readonly live: boolean };
  announcement: { readonly announcement: Announcement; readonly live: boolean };
  /** The server refused what the user did; its effect was taken back. */
  refused: { readonly act: Act; readonly error: unknown };
  error: unknown;
}

/** Rejects a token request for good. */
export { UnauthorizedError as Unauthorized };

const RETRY_LOAD_MS = [500, 2_000, 5_000];
const RETRY_ACT_MS = 1_000;
const RETRY_ACT_MAX_MS = 30_000;
const PAGE_SIZE = 20;

interface Sending {
  readonly act: Act;
  readonly method: string;
  readonly data: unknown;
  readonly pending: PendingAct;
  underWay: boolean;
  tries: number;
}

/**
 * One user's live inbox. It connects, keeps the list and the counts, resumes without a gap after the connection was
 * away, and tells the server what was read. Acts show at once; offline they wait for the connection.
 */
export class BelfryClient {
  readonly #options: BelfryOptions;
  readonly #emitter = new Emitter<BelfryEvents>();
  readonly #store = new InboxStore();
  readonly #rest: Rest;
  readonly #centrifuge: Centrifuge;
  readonly #sending = new Set<Sending>();
  readonly #deviceId: string | undefined;
  #token: string | null;
  #connection: Connection = { state: 'closed', code: 0, reason: 'not connected yet' };
  #needsLoad = true;
  #failedLoads = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #recovering = false;

  constructor(options: BelfryOptions) {
    this.#options = options;
    this.#token = options.token ?? null;
    this.#deviceId = options.deviceId ?? installationId();
    const base = new URL(options.url ?? '/', globalThis.location?.href);
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.#rest = new Rest(base, {
      current: async () => this.#token ?? (await this.#freshToken()),
      renewed: async () => (options.getToken ? this.#freshToken() : null),
    });
    this.#centrifuge = this.#protocolClient(base);
    this.#store.subscribe(() => this.#emitter.emit('change', this.#store.state));
  }

  get state(): InboxState {
    return this.#store.state;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get deviceId(): string | undefined {
    return this.#deviceId;
  }

  /** @returns ends it */
  on<K extends keyof BelfryEvents>(event: K, listener: (payload: BelfryEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Connects, and stays connected until `disconnect()`. */
  connect(): void {
    this.#centrifuge.connect();
  }

  /** What is shown stays; `connect()` resumes where it was. */
  disconnect(): void {
    this.#centrifuge.disconnect();
  }

  /** Loads the first page again. */
  reload(): void {
    this.#needsLoad = true;
    this.#failedLoads = 0;
    this.#loadIfNeeded();
  }

  /** Loads the next older page, if there is one. */
  async loadMore(): Promise<void> {
    const load = this.#store.more();
    if (load) await this.#fetch(load);
  }

  markRead(ids: readonly string[]): void {
    const unread = ids.filter(id => this.state.items.some(item => item.id === id && !item.read));
    if (unread.length > 0) this.#act({ kind: 'read', ids: unread }, 'inbox.markRead', { ids: unread });
  }

  /** Everything that has arrived here, announcements too. What arrives meanwhile stays unread. */
  markAllRead(): void {
    const upTo = this.#store.head;
    if (this.state.counts.unread > 0) {
      this.#act({ kind: 'readThrough', offset: upTo }, 'inbox.markRead', { upTo });
    }
    this.markAnnouncementsRead(this.state.announcements.map(a => a.id));
  }

  /** Everything that has arrived here was listed. */
  markSeen(): void {
    if (this.state.counts.unseen > 0) {
      const upTo = this.#store.head;
      this.#act({ kind: 'seenThrough', offset: upTo }, 'inbox.markSeen', { upTo });
    }
  }

  markAnnouncementsRead(ids: readonly string[]): void {
    const unread = ids.filter(id => this.state.announcements.some(a => a.id === id && !a.read));
    if (unread.length > 0) {
      this.#act({ kind: 'announcementsRead', ids: unread }, 'announcements.markRead', { ids: unread });
    }
  }

  /**
   * Lets Belfry push to this installation when its user has no connection.
   *
   * @param push what the push provider gave this installation
   * @throws BelfryError
   */
  async registerDevice(push: { token: string; platform: 'android' | 'ios' | 'web'; appVersion?: string }): Promise<void> {
    await this.#rest.call('PUT', `v1/devices/${encodeURIComponent(this.#requireDeviceId())}`, push);
  }

  /** As when the user signs out here. @throws BelfryError */
  async unregisterDevice(): Promise<void> {
    await this.#rest.call('DELETE', `v1/devices/${encodeURIComponent(this.#requireDeviceId())}`);
  }

  /** Ends the connection and forgets the inbox. */
  close(): void {
    this.disconnect();
    clearTimeout(this.#retry);
    this.#sending.clear();
    this.#needsLoad = true;
    this.#store.clear();
  }

  #requireDeviceId(): string {
    if (!this.#deviceId) throw new TypeError('deviceId: missing (expected: an option, where there is no local storage)');
    return this.#deviceId;
  }

  async #freshToken(): Promise<string> {
    if (!this.#options.getToken) throw new UnauthorizedError('token: missing (expected: token or getToken)');
    this.#token = await this.#options.getToken();
    return this.#token;
  }

  #protocolClient(base: URL): Centrifuge {
    const endpoint = new URL('connection/websocket', base);
    endpoint.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';
    const options: Partial<Options> = { name: 'belfry-js', ...this.#options.protocol };
    if (this.#token !== null) options.token = this.#token;
    if (this.#options.getToken || this.#token === null) options.getToken = () => this.#freshToken();
    if (this.#options.websocket) options.websocket = this.#options.websocket;
    const locale = this.#options.locale ?? globalThis.navigator?.language;
    options.data = { ...(this.#deviceId && { deviceId: this.#deviceId }), ...(locale && { locale }) };
    const centrifuge = new Centrifuge(endpoint.href, options);
    centrifuge.on('connecting', () => this.#moved({ state: 'connecting' }));
    centrifuge.on('connected', () => this.#moved({ state: 'connected' }));
    centrifuge.on('disconnected', ({ code, reason }) => this.#moved({ state: 'closed', code, reason }));
    centrifuge.on('subscribed', context => this.#subscribed(context));
    centrifuge.on('publication', context => this.#published(context));
    centrifuge.on('error', ({ error }) => this.#emitter.emit('error', error));
    return centrifuge;
  }

  #moved(connection: Connection): void {
    this.#connection = connection;
    this.#emitter.emit('connection', connection);
    if (connection.state === 'connected') {
      this.#failedLoads = 0;
      // After the subscriptions, which tell whether anything must be loaded.
      queueMicrotask(() => {
        this.#loadIfNeeded();
        for (const sending of this.#sending) void this.#send(sending);
      });
    }
  }

  #subscribed({ channel, recovered }: ServerSubscribedContext): void {
    if (channel !== 'inbox' && channel !== 'announcements') return;
    if (!recovered) {
      this.#needsLoad = true;
      this.#store.lost();
    }
    // Recovered publications follow at once, in the same turn.
    this.#recovering = true;
    queueMicrotask(() => {
      this.#recovering = false;
    });
  }

  #published({ channel, data, offset }: ServerPublicationContext): void {
    const live = !this.#recovering;
    if (channel === 'inbox') {
      const notification = this.#store.publish(data as InboxPublication, offset ?? this.#store.head);
      if (notification) this.#emitter.emit('notification', { notification, live });
    } else if (channel === 'announcements') {
      const announcement = this.#store.announce(data as AnnouncementPublication);
      if (announcement) this.#emitter.emit('announcement', { announcement, live });
    }
  }

  #loadIfNeeded(): void {
    if (!this.#needsLoad || this.#connection.state !== 'connected') return;
    clearTimeout(this.#retry);
    this.#needsLoad = false;
    void this.#fetch(this.#store.reload());
  }

  async #fetch(load: Load): Promise<void> {
    const data = { limit: this.#options.pageSize ?? PAGE_SIZE, ...(load.cursor != null && { cursor: load.cursor }) };
    try {
      const reply = await this.#centrifuge.rpc('inbox.list', data);
      this.#failedLoads = 0;
      load.done(reply.data as Page);
    } catch (error) {
      load.failed();
      this.#emitter.emit('error', error);
      if (load.cursor == null) this.#retryLoad();
    }
  }

  #retryLoad(): void {
    this.#needsLoad = true;
    const delay = RETRY_LOAD_MS[Math.min(this.#failedLoads++, RETRY_LOAD_MS.length - 1)];
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#loadIfNeeded(), delay);
  }

  #act(act: Act, method: string, data: unknown): void {
    const sending: Sending = { act, method, data, pending: this.#store.act(act), underWay: false, tries: 0 };
    this.#sending.add(sending);
    if (this.#connection.state === 'connected') void this.#send(sending);
  }

  async #send(sending: Sending): Promise<void> {
    if (sending.underWay || !this.#sending.has(sending)) return;
    sending.underWay = true;
    try {
      const reply = await this.#centrifuge.rpc(sending.method, sending.data);
      if (this.#sending.delete(sending)) sending.pending.done(reply.data as Position);
    } catch (error) {
      sending.underWay = false;
      if (isRefusal(error)) {
        if (!this.#sending.delete(sending)) return;
        sending.pending.failed();
        this.#emitter.emit('refused', { act: sending.act, error });
      } else {
        // No answer is not a no: acts are idempotent, so it is sent again, now or with the next connection.
        this.#emitter.emit('error', error);
        const delay = Math.min(RETRY_ACT_MS * 2 ** sending.tries++, RETRY_ACT_MAX_MS);
        setTimeout(() => this.#connection.state === 'connected' && void this.#send(sending), delay);
      }
    }
  }
}

/** Codes below 100 are the protocol client's own (timeout, closed); temporary ones ask to try again. */
function isRefusal(error: unknown): boolean {
  const { code, temporary } = error as { code?: number; temporary?: boolean };
  return typeof code === 'number' && code >= 100 && temporary !== true;
}
