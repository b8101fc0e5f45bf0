import {
  NO_COUNTS,
  type Announcement,
  type AnnouncementPublication,
  type Counts,
  type InboxPublication,
  type Notification,
  type Page,
  type Position,
} from './model.js';

/** What an app shows. Immutable: a change makes a new one. */
export interface InboxState {
  /** `loading` and `error` speak of the first page; `ready` stays while it is loaded again. */
  readonly status: 'idle' | 'loading' | 'ready' | 'error';
  /** Newest first, without gaps from the newest down to the oldest loaded. */
  readonly items: readonly Notification[];
  /** Newest first; expired ones are left out. */
  readonly announcements: readonly Announcement[];
  readonly counts: Counts;
  readonly unreadAnnouncements: number;
  /** What a bell shows: unread notifications and unread announcements. */
  readonly badge: number;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** The last page failed to load; asking again may help. */
  readonly moreFailed: boolean;
}

/** An act of the user that shows at once, before the server has answered. */
export type Act =
  | { readonly kind: 'read'; readonly ids: readonly string[] }
  | { readonly kind: 'readThrough'; readonly offset: number }
  | { readonly kind: 'seenThrough'; readonly offset: number }
  | { readonly kind: 'announcementsRead'; readonly ids: readonly string[] };

/** A page that was asked for and has not come yet. */
export interface Load {
  readonly cursor: Page['nextCursor'];
  /** Nothing happens when a later reload made it pointless. */
  done(page: Page): void;
  failed(): void;
}

/** An act that waits for its answer; until then its effect lies over what the server has said. */
export interface PendingAct {
  done(position: Position): void;
  /** Takes the effect back. */
  failed(): void;
}

interface Entry {
  readonly item: Notification;
  /** The offset at which the item is known to be so; what is older than that does not change it. */
  readonly at: number;
}

type Recorded = { readonly offset: number; readonly publication: InboxPublication } | AnnouncementPublication;

/**
 * Holds an inbox: what the server has said, and over it the acts that it has not confirmed yet. Publications may come
 * twice, and while a page is under way; the result is the same. Counts are those of the newest offset that told any.
 */
export class InboxStore {
  readonly #entries = new Map<string, Entry>();
  readonly #announcements = new Map<string, Announcement>();
  readonly #acts = new Set<Act>();
  readonly #listeners = new Set<() => void>();
  /** Publications that came while a page was under way, and may have to be applied to it. */
  readonly #recorded: Recorded[] = [];
  readonly #now: () => number;
  #counts: Counts = NO_COUNTS;
  #countsAt = -1;
  #head = 0;
  #status: InboxState['status'] = 'idle';
  #cursor: Page['nextCursor'] = null;
  #reload: Load | null = null;
  #more: Load | null = null;
  #moreFailed = false;
  /** Something was missed: until everything is loaded again, what is new has no place in the list. */
  #stale = false;
  #state: InboxState | null = null;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get state(): InboxState {
    this.#state ??= this.#view();
    return this.#state;
  }

  /** The offset of the newest change that is known of. */
  get head(): number {
    return this.#head;
  }

  /** Calls back after each change. @returns ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The server cannot tell what was missed. What is shown stays as it is, until a reload. */
  lost(): void {
    this.#stale = true;
    this.#more = null;
  }

  /** Begins to load the first page, which will take the place of everything; older loads become void. */
  reload(): Load {
    this.#recorded.length = 0;
    this.#more = null;
    this.#moreFailed = false;
    if (this.#status !== 'ready') this.#status = 'loading';
    const load: Load = {
      cursor: null,
      done: page => {
        if (this.#reload !== load) return;
        this.#reload = null;
        this.#replace(page);
        this.#changed();
      },
      failed: () => {
        if (this.#reload !== load) return;
        this.#reload = null;
        if (this.#status !== 'ready') this.#status = 'error';
        this.#changed();
      },
    };
    this.#reload = load;
    this.#changed();
    return load;
  }

  /** Begins to load the next older page. @returns null when there is none, or one is under way */
  more(): Load | null {
    if (this.#status !== 'ready' || this.#cursor == null || this.#more || this.#reload || this.#stale) return null;
    this.#recorded.length = 0;
    this.#moreFailed = false;
    const load: Load = {
      cursor: this.#cursor,
      done: page => {
        if (this.#more !== load) return;
        this.#more = null;
        this.#append(page);
        this.#changed();
      },
      failed: () => {
        if (this.#more !== load) return;
        this.#more = null;
        this.#moreFailed = true;
        this.#changed();
      },
    };
    this.#more = load;
    this.#changed();
    return load;
  }

  /** @returns the notification, if it was not known before */
  publish(publication: InboxPublication, offset: number): Notification | null {
    this.#record({ offset, publication });
    const created = publication.kind === 'notification' && publication.notification.offset > this.#head;
    if (!this.#stale) {
      this.#apply(publication, offset);
      this.#changed();
    }
    return created ? publication.notification : null;
  }

  /** @returns the announcement, if it was not known before */
  announce(publication: AnnouncementPublication): Announcement | null {
    this.#record(publication);
    const created = publication.kind === 'announcement' && !this.#announcements.has(publication.announcement.id);
    this.#applyAnnouncement(publication);
    this.#changed();
    return created ? publication.announcement : null;
  }

  /** Shows the effect of an act. */
  act(act: Act): PendingAct {
    this.#acts.add(act);
    this.#changed();
    return {
      done: position => {
        if (!this.#acts.delete(act)) return;
        if (!this.#stale) this.#apply({ ...act, counts: position.counts }, position.offset);
        this.#changed();
      },
      failed: () => {
        if (this.#acts.delete(act)) this.#changed();
      },
    };
  }

  #record(publication: Recorded): void {
    if (this.#reload || this.#more) this.#recorded.push(publication);
  }

  #replace(page: Page): void {
    this.#entries.clear();
    this.#announcements.clear();
    this.#counts = page.counts;
    this.#countsAt = this.#head = page.offset;
    this.#status = 'ready';
    this.#stale = false;
    this.#cursor = page.nextCursor;
    for (const item of page.items) this.#entries.set(item.id, { item, at: page.offset });
    for (const announcement of page.announcements ?? []) this.#upsert(announcement);
    this.#replay(page.offset);
  }

  #append(page: Page): void {
    this.#cursor = page.nextCursor;
    for (const item of page.items) {
      const known = this.#entries.get(item.id);
      if (!known || known.at <= page.offset) this.#entries.set(item.id, { item, at: page.offset });
    }
    this.#tell(page.counts, page.offset);
    this.#replay(page.offset);
  }

  #replay(after: number): void {
    for (const recorded of this.#recorded) {
      if (!('publication' in recorded)) this.#applyAnnouncement(recorded);
      else if (recorded.offset > after) this.#apply(recorded.publication, recorded.offset);
    }
    this.#recorded.length = 0;
  }

  #apply(publication: InboxPublication, offset: number): void {
    switch (publication.kind) {
      case 'notification':
        this.#put(publication.notification, offset);
        break;
      case 'read':
        for (const id of publication.ids) this.#mark(this.#entries.get(id), 'read', offset);
        break;
      case 'unread':
      case 'acknowledged':
        for (const id of publication.ids) this.#mark(this.#entries.get(id), publication.kind, offset);
        break;
      case 'archived':
      case 'snoozed':
      case 'recalled':
        for (const id of publication.ids) this.#take(id, offset);
        break;
      case 'readThrough':
        this.#markThrough('read', publication.offset, offset);
        break;
      case 'seenThrough':
        this.#markThrough('seen', publication.offset, offset);
        break;
      case 'announcementsRead':
        for (const id of publication.ids) {
          const known = this.#announcements.get(id);
          if (known) this.#announcements.set(id, { ...known, read: true });
        }
        break;
      case 'expired':
        for (const { item } of this.#entries.values()) {
          if (Date.parse(item.createdAt) < Date.parse(publication.before)) this.#entries.delete(item.id);
        }
        break;
    }
    this.#tell(publication.counts, offset);
  }

  #put(item: Notification, at: number): void {
    if (item.archived || item.snoozedUntil !== undefined) {
      this.#take(item.id, at);
      return;
    }
    if (item.collapseKey !== undefined && !this.#supersede(item)) return;
    const known = this.#entries.get(item.id);
    if (known ? known.at <= at : !this.#isBeyondLoaded(item)) this.#entries.set(item.id, { item, at });
  }

  /** @returns false when a newer one with its key has taken its place */
  #supersede(item: Notification): boolean {
    for (const { item: other } of this.#entries.values()) {
      if (other.collapseKey !== item.collapseKey || other.id === item.id) continue;
      if (other.offset > item.offset) return false;
      this.#entries.delete(other.id);
    }
    return true;
  }

  /** Below the oldest loaded one there may be others that are not loaded: it comes with its page. */
  #isBeyondLoaded(item: Notification): boolean {
    if (this.#cursor == null) return false;
    for (const { item: other } of this.#entries.values()) if (other.offset < item.offset) return false;
    return true;
  }

  #markThrough(flag: 'read' | 'seen', through: number, at: number): void {
    for (const entry of this.#entries.values()) if (entry.item.offset <= through) this.#mark(entry, flag, at);
  }

  #mark(entry: Entry | undefined, change: keyof typeof CHANGES, at: number): void {
    if (entry && entry.at <= at) this.#entries.set(entry.item.id, { item: { ...entry.item, ...CHANGES[change] }, at });
  }

  /** It is not in the list any more. */
  #take(id: string, at: number): void {
    const known = this.#entries.get(id);
    if (known && known.at <= at) this.#entries.delete(id);
  }

  #applyAnnouncement(publication: AnnouncementPublication): void {
    switch (publication.kind) {
      case 'announcement':
        this.#upsert(publication.announcement);
        break;
      case 'recalled':
        for (const id of publication.ids) this.#announcements.delete(id);
        break;
    }
  }

  #upsert(announcement: Announcement): void {
    const known = this.#announcements.get(announcement.id);
    this.#announcements.set(announcement.id, { ...announcement, read: announcement.read || known?.read === true });
  }

  #tell(counts: Counts | undefined, offset: number): void {
    this.#head = Math.max(this.#head, offset);
    if (counts && offset >= this.#countsAt) {
      this.#counts = counts;
      this.#countsAt = offset;
    }
  }

  #changed(): void {
    this.#state = null;
    for (const listener of [...this.#listeners]) listener();
  }

  #view(): InboxState {
    const items: Notification[] = [];
    let newlyRead = 0;
    for (const { item } of this.#entries.values()) {
      const shown = this.#overlaid(item);
      if (shown.read && !item.read) newlyRead++;
      items.push(shown);
    }
    items.sort((a, b) => b.offset - a.offset);
    const announcements = this.#validAnnouncements();
    const counts = this.#visibleCounts(items, newlyRead);
    const unreadAnnouncements = announcements.filter(a => !a.read).length;
    return {
      status: this.#status,
      items,
      announcements,
      counts,
      unreadAnnouncements,
      badge: counts.unread + unreadAnnouncements,
      hasMore: this.#status === 'ready' && this.#cursor != null,
      loadingMore: this.#more !== null,
      moreFailed: this.#moreFailed,
    };
  }

  #overlaid(item: Notification): Notification {
    let { read, seen } = item;
    for (const act of this.#acts) {
      if (act.kind === 'read') read ||= act.ids.includes(item.id);
      else if (act.kind === 'readThrough') read ||= item.offset <= act.offset;
      else if (act.kind === 'seenThrough') seen ||= item.offset <= act.offset;
    }
    seen ||= read;
    return read === item.read && seen === item.seen ? item : { ...item, read, seen };
  }

  #visibleCounts(items: readonly Notification[], newlyRead: number): Counts {
    let unread = Math.max(0, this.#counts.unread - newlyRead);
    let unseen = this.#counts.unseen;
    for (const act of this.#acts) {
      // What is newer than a mark is always loaded, so it can be counted; what is older, loaded or not, is behind it.
      if (act.kind === 'readThrough') unread = Math.min(unread, after(items, act.offset, i => !i.read));
      if (act.kind === 'seenThrough') unseen = Math.min(unseen, after(items, act.offset, i => !i.seen));
    }
    return unread === this.#counts.unread && unseen === this.#counts.unseen
      ? this.#counts
      : { ...this.#counts, unread, unseen };
  }

  #validAnnouncements(): Announcement[] {
    const now = this.#now();
    const read = new Set([...this.#acts].flatMap(act => (act.kind === 'announcementsRead' ? act.ids : [])));
    const valid: Announcement[] = [];
    let next = Infinity;
    for (const announcement of this.#announcements.values()) {
      const until = announcement.validUntil ? Date.parse(announcement.validUntil) : Infinity;
      if (until <= now) continue;
      next = Math.min(next, until);
      valid.push(read.has(announcement.id) ? { ...announcement, read: true } : announcement);
    }
    this.#wakeAt(next, now);
    return valid.sort((a, b) => b.publishedAt.localeCompare(a.publishedAt) || b.id.localeCompare(a.id));
  }

  /** Announcements end by themselves, which nobody publishes. */
  #wakeAt(time: number, now: number): void {
    clearTimeout(this.#expiry);
    if (time === Infinity) return;
    this.#expiry = setTimeout(() => this.#changed(), Math.min(time - now + 1, 2 ** 31 - 1));
    // Node would wait for it before it ends.
    (this.#expiry as { unref?: () => void }).unref?.();
  }

  /** Forgets everything, as when another user signs in. */
  clear(): void {
    clearTimeout(this.#expiry);
    this.#entries.clear();
    this.#announcements.clear();
    this.#acts.clear();
    this.#recorded.length = 0;
    this.#counts = NO_COUNTS;
    this.#countsAt = -1;
    this.#head = 0;
    this.#status = 'idle';
    this.#cursor = null;
    this.#reload = this.#more = null;
    this.#moreFailed = this.#stale = false;
    this.#changed();
  }
}

/** What was read was seen, also when it is marked unread again. */
const CHANGES = {
  read: { read: true, seen: true },
  unread: { read: false },
  seen: { seen: true },
  acknowledged: { acknowledged: true, read: true, seen: true },
} as const;

function after(items: readonly Notification[], offset: number, wanted: (item: Notification) => boolean): number {
  return items.filter(item => item.offset > offset && wanted(item)).length;
}
