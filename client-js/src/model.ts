/** One notification as its recipient sees it. `title` is missing when the event's type has no template. */
export interface Notification {
  readonly id: string;
  /** Its place in the inbox; a later notification has a higher one. */
  readonly offset: number;
  readonly type: string;
  readonly category: string;
  readonly priority: 'critical' | 'high' | 'normal' | 'bulk';
  readonly title?: string;
  readonly body?: string;
  readonly link?: string;
  readonly createdAt: string;
  readonly read: boolean;
  /** Listed, or opened. */
  readonly seen: boolean;
  /** It is in the archive, and in no list. */
  readonly archived?: boolean;
  /** It is in no list until then. */
  readonly snoozedUntil?: string;
  readonly acknowledged?: boolean;
  /** Its sender changed it later. */
  readonly edited?: boolean;
  /** It is to make no sound: the user muted it, or got too many. */
  readonly silent?: boolean;
  /** Those before it with the same key are gone. */
  readonly collapseKey?: string;
  /** What the service sent with the event. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A broadcast that addresses this user. */
export interface Announcement {
  readonly id: string;
  readonly category: string;
  readonly title: string;
  readonly body: string;
  readonly link?: string;
  readonly publishedAt: string;
  readonly validUntil?: string;
  readonly read: boolean;
  /** It is to make no sound: the user muted its category or topic on connected devices, or paused all. */
  readonly silent?: boolean;
}

/** How much is in the inbox, announcements not included. */
export interface Counts {
  readonly total: number;
  readonly unread: number;
  readonly unseen: number;
}

/** A publication of the channel `inbox`. Kinds that a newer server may add are ignored, but for their counts. */
export type InboxPublication = { readonly counts?: Counts } & (
  | { readonly kind: 'notification'; readonly notification: Notification }
  | { readonly kind: 'read'; readonly ids: readonly string[] }
  | { readonly kind: 'unread' | 'archived' | 'acknowledged' | 'recalled'; readonly ids: readonly string[] }
  | { readonly kind: 'snoozed'; readonly ids: readonly string[]; readonly until: string }
  | { readonly kind: 'readThrough'; readonly offset: number }
  | { readonly kind: 'seenThrough'; readonly offset: number }
  | { readonly kind: 'announcementsRead'; readonly ids: readonly string[] }
  | { readonly kind: 'expired'; readonly before: string }
);

/** A publication of the channel `announcements`. */
export type AnnouncementPublication =
  | { readonly kind: 'announcement'; readonly announcement: Announcement }
  | { readonly kind: 'recalled'; readonly ids: readonly string[] };

/** The reply to `inbox.list`. */
export interface Page {
  readonly items: readonly Notification[];
  readonly nextCursor?: string | number | null;
  readonly counts: Counts;
  /** The offset of the inbox's last change, at which items and counts are exact. */
  readonly offset: number;
  /** Those still valid; sent with the first page. */
  readonly announcements?: readonly Announcement[];
}

/** The reply to an act: the counts after it, and the offset at which they are exact. */
export interface Position {
  readonly counts: Counts;
  readonly offset: number;
}

export const NO_COUNTS: Counts = Object.freeze({ total: 0, unread: 0, unseen: 0 });
