import type { Notification } from '../src/model.js';

export class Inbox {
  head: number;
  items: Notification[];
  counts: { total: number; unread: number; unseen: number };
  create(fields?: object): { offset: number; data: { kind: 'notification'; notification: Notification } };
  markRead(ids: string[]): any;
  markThrough(kind: 'readThrough' | 'seenThrough', upTo: number): any;
  list(query?: object): any;
  since(offset: number): any[];
}

export class MockBelfry {
  url: string;
  connections: Set<{ data: unknown }>;
  requests: { method: string; path: string; authorization: string; body: string }[];
  recoverMax: number;
  refuse: (method: string, data: unknown) => object | null | undefined;
  listen(port?: number): Promise<MockBelfry>;
  close(): Promise<void>;
  inbox(user: string): Inbox;
  notify(user: string, fields?: object): Notification;
  announce(fields?: object): { id: string };
  dropAll(): void;
}
