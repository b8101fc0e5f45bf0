/** Every word the component shows or speaks. */
export interface Strings {
  heading: string;
  /** Name of the bell. */
  bell(unread: number): string;
  markAll: string;
  close: string;
  emptyTitle: string;
  emptyText: string;
  errorTitle: string;
  errorText: string;
  retry: string;
  loading: string;
  loadMore: string;
  moreFailed: string;
  /** The connection is away, and will come back. */
  offline: string;
  /** The connection is closed. */
  closed: string;
  unread: string;
  announcement: string;
  critical: string;
  now: string;
  /** Spoken when one arrives. */
  arrived(title: string): string;
}

export const ENGLISH: Strings = {
  heading: 'Notifications',
  bell: unread => (unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`),
  markAll: 'Mark all read',
  close: 'Close',
  emptyTitle: 'All caught up',
  emptyText: 'New notifications appear here the moment they happen.',
  errorTitle: 'Could not load notifications',
  errorText: 'Trying again by itself.',
  retry: 'Try now',
  loading: 'Loading notifications',
  loadMore: 'Load more',
  moreFailed: 'Older notifications could not be loaded.',
  offline: 'Reconnecting. This is what arrived last.',
  closed: 'Offline. This is what arrived last.',
  unread: 'Unread',
  announcement: 'Announcement',
  critical: 'Urgent',
  now: 'now',
  arrived: title => `New notification: ${title}`,
};
