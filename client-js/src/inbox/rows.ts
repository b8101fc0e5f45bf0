import type { Announcement, Notification } from '../model.js';
import type { InboxState } from '../store.js';
import { element, icon, safeLink, set, text } from './dom.js';
import type { Strings } from './strings.js';
import type { Ages } from './time.js';

/** A line of the list, whatever it stands for. */
export interface Line {
  readonly id: string;
  readonly source: { readonly notification: Notification } | { readonly announcement: Announcement };
  readonly title: string;
  readonly body: string;
  readonly link: string | null;
  readonly time: string;
  readonly read: boolean;
  readonly critical: boolean;
}

const PREVIEW_MAX = 200;

/** Notifications and announcements as one list, newest first. */
export function lines(state: InboxState): Line[] {
  const lines: Line[] = [];
  const announcements = [...state.announcements];
  for (const notification of state.items) {
    while (announcements[0] && announcements[0].publishedAt >= notification.createdAt) {
      lines.push(ofAnnouncement(announcements.shift()!));
    }
    lines.push(ofNotification(notification));
  }
  // Those older than the oldest that is loaded follow with their page.
  return state.hasMore ? lines : lines.concat(announcements.map(ofAnnouncement));
}

function ofNotification(notification: Notification): Line {
  return {
    id: notification.id,
    source: { notification },
    title: notification.title || notification.type,
    body: notification.title ? (notification.body ?? '') : preview(notification.data),
    link: safeLink(notification.link),
    time: notification.createdAt,
    read: notification.read,
    critical: notification.priority === 'critical',
  };
}

function ofAnnouncement(announcement: Announcement): Line {
  return {
    id: announcement.id,
    source: { announcement },
    title: announcement.title,
    body: announcement.body,
    link: safeLink(announcement.link),
    time: announcement.publishedAt,
    read: announcement.read,
    critical: false,
  };
}

/** Without a template the data speaks for itself. */
function preview(data: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(data).map(([key, value]) =>
    `${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  return parts.join(' · ').slice(0, PREVIEW_MAX);
}

/** One line on the screen, kept as long as what it stands for is listed. */
export class Row {
  readonly root: HTMLLIElement;
  readonly control: HTMLElement;
  line: Line;
  readonly #spoken = element('span', { class: 'spoken' });
  readonly #title = element('span');
  readonly #time = element('time', { class: 'time', part: 'item-time' });
  readonly #body = element('span', { class: 'body', part: 'item-body' });

  constructor(line: Line, strings: Strings, ages: Ages) {
    this.line = line;
    const isAnnouncement = 'announcement' in line.source;
    const mark = element('span', { class: 'mark', part: 'item-icon' },
      icon(isAnnouncement ? 'horn' : line.critical ? 'alert' : 'bell'));
    const title = element('span', { class: 'title', part: 'item-title' }, this.#spoken, this.#title);
    const content = [mark, title, this.#time, this.#body];
    const attributes = { class: 'row', part: 'item', tabindex: '-1' };
    this.control = line.link
      ? element('a', { ...attributes, href: line.link }, ...content)
      : element('button', { ...attributes, type: 'button' }, ...content);
    this.root = element('li', { class: 'item' }, this.control);
    this.root.classList.toggle('announcement', isAnnouncement);
    this.root.classList.toggle('critical', line.critical);
    this.update(line, strings, ages);
  }

  /** Whether it can show this line, or another element is needed. */
  fits(line: Line): boolean {
    return line.link === this.line.link;
  }

  update(line: Line, strings: Strings, ages: Ages): void {
    this.line = line;
    this.root.classList.toggle('unread', !line.read);
    const spoken = [
      line.read ? '' : strings.unread,
      'announcement' in line.source ? strings.announcement : '',
      line.critical ? strings.critical : '',
    ].filter(Boolean);
    text(this.#spoken, spoken.map(word => `${word}. `).join(''));
    text(this.#title, line.title);
    text(this.#body, line.body);
    this.#body.hidden = line.body === '';
    set(this.#time, 'datetime', line.time);
    set(this.#time, 'title', ages.exact(line.time));
    this.age(ages);
  }

  age(ages: Ages): void {
    text(this.#time, ages.short(this.line.time));
  }
}
