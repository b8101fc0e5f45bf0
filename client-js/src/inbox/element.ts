import { BelfryClient, type Connection } from '../client.js';
import type { Announcement, Notification } from '../model.js';
import type { InboxState } from '../store.js';
import { element, icon, set, text } from './dom.js';
import { lines, Row, type Line } from './rows.js';
import { ENGLISH, type Strings } from './strings.js';
import { styles } from './styles.js';
import { Ages } from './time.js';

/** What the event `belfry-activate` tells: the user opened one. Prevent it to keep its link from being followed. */
export type Activation = { readonly notification: Notification } | { readonly announcement: Announcement };

const AGES_MS = 20_000;

/**
 * `<belfry-inbox>`: a bell with a badge, and a panel with the inbox. Give it a `client`, or the attributes `url` and
 * `token`. Attributes: `open`, `persistent` (clicks elsewhere leave it open), `placement` (`start` or `end`), `theme`
 * (`light` or `dark`; else the page's), `locale`, `heading`. It fires `belfry-activate` and `belfry-toggle`.
 */
export class BelfryInbox extends HTMLElement {
  static readonly observedAttributes = ['open', 'locale', 'heading', 'url', 'token', 'device-id'];

  readonly #count = element('span', { class: 'badge', part: 'badge', 'aria-hidden': 'true' });
  readonly #bell = element('button', { class: 'bell', part: 'bell', type: 'button', 'aria-haspopup': 'dialog' }, icon('bell'), this.#count);
  readonly #heading = element('h2', { part: 'heading', id: 'heading' });
  readonly #markAll = element('button', { class: 'action', part: 'mark-all', type: 'button' }, icon('check'), element('span'));
  readonly #close = element('button', { class: 'action close', part: 'close', type: 'button' }, icon('close'));
  readonly #strip = element('div', { class: 'strip', part: 'status', role: 'status' });
  readonly #items = element('ul', { class: 'list', part: 'list', role: 'list', 'aria-labelledby': 'heading' });
  readonly #note = element('div', { class: 'note', part: 'note' });
  readonly #ghosts = element('div', { part: 'loading', role: 'status' });
  readonly #foot = element('div', { class: 'foot', part: 'more' });
  readonly #panel: HTMLElement;
  readonly #speaker = element('div', { class: 'spoken', 'aria-live': 'polite' });
  readonly #rows = new Map<string, Row>();
  readonly #nearEnd: IntersectionObserver;
  #client: BelfryClient | null = null;
  /** Made from attributes, so that it ends with the element. */
  #own = false;
  #strings: Strings = ENGLISH;
  #ages = new Ages(undefined, ENGLISH.now);
  #unlisten: (() => void)[] = [];
  #ticking: ReturnType<typeof setInterval> | undefined;
  #drawing = false;
  #drawn = false;
  #noted = '';

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styles()];
    const header = element('header', { class: 'header', part: 'header' }, this.#heading, this.#markAll, this.#close);
    this.#items.append(this.#foot);
    this.#panel = element('section',
      { class: 'panel', part: 'panel', id: 'panel', role: 'dialog', tabindex: '-1', 'aria-labelledby': 'heading', hidden: true },
      header, this.#strip, this.#note, this.#ghosts, this.#items);
    this.#ghosts.append(element('span', { class: 'spoken' }));
    for (let i = 0; i < 4; i++) {
      this.#ghosts.append(element('div', { class: 'ghost' }, element('i'), element('i'), element('i')));
    }
    set(this.#bell, 'aria-controls', 'panel');
    root.append(this.#bell, this.#panel, this.#speaker);
    this.#bell.addEventListener('click', () => this.toggle());
    this.#close.addEventListener('click', () => this.toggle(false));
    this.#markAll.addEventListener('click', () => this.#client?.markAllRead());
    this.#items.addEventListener('click', event => this.#activate(event));
    this.#panel.addEventListener('keydown', event => this.#key(event));
    this.#nearEnd = new IntersectionObserver(seen => {
      if (seen.some(entry => entry.isIntersecting) && !this.#client?.state.moreFailed) void this.#client?.loadMore();
    }, { root: this.#items, rootMargin: '240px' });
  }

  /** Whose inbox is shown. The caller connects it. */
  get client(): BelfryClient | null {
    return this.#client;
  }

  set client(client: BelfryClient | null) {
    this.#use(client, false);
  }

  /** Words to put in place of the English ones; those left out stay. */
  set strings(strings: Partial<Strings>) {
    this.#strings = { ...ENGLISH, ...strings };
    this.#relocate();
  }

  get open(): boolean {
    return this.hasAttribute('open');
  }

  set open(open: boolean) {
    this.toggleAttribute('open', open);
  }

  /** Opens or closes the panel. */
  toggle(open = !this.open): void {
    if (open === this.open) return;
    this.open = open;
    if (open) this.#panel.focus({ preventScroll: true });
    else if (this.shadowRoot?.activeElement) this.#bell.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent('belfry-toggle', { detail: { open } }));
  }

  connectedCallback(): void {
    this.#upgrade('client');
    this.#upgrade('strings');
    this.#clientFromAttributes();
    this.#listen();
    document.addEventListener('pointerdown', this.#outside);
    document.addEventListener('visibilitychange', this.#visible);
    this.#ticking = setInterval(() => this.#rows.forEach(row => row.age(this.#ages)), AGES_MS);
    this.#relocate();
  }

  disconnectedCallback(): void {
    this.#unlisten.forEach(unlisten => unlisten());
    this.#unlisten = [];
    document.removeEventListener('pointerdown', this.#outside);
    document.removeEventListener('visibilitychange', this.#visible);
    clearInterval(this.#ticking);
    if (this.#own) this.#use(null, false);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.isConnected) return;
    if (name === 'url' || name === 'token' || name === 'device-id') this.#clientFromAttributes();
    else if (name === 'open') this.#draw();
    else this.#relocate();
  }

  /** A property that was set before the element was defined hides the accessor. */
  #upgrade(name: 'client' | 'strings'): void {
    if (!Object.hasOwn(this, name)) return;
    const value = (this as Record<string, unknown>)[name];
    delete (this as Record<string, unknown>)[name];
    (this as Record<string, unknown>)[name] = value;
  }

  #clientFromAttributes(): void {
    const token = this.getAttribute('token');
    if (token === null || (this.#client && !this.#own)) return;
    const [url, deviceId, locale] = ['url', 'device-id', 'locale'].map(name => this.getAttribute(name));
    const client = new BelfryClient({ token, ...(url && { url }), ...(deviceId && { deviceId }), ...(locale && { locale }) });
    this.#use(client, true);
    client.connect();
  }

  #use(client: BelfryClient | null, own: boolean): void {
    this.#unlisten.forEach(unlisten => unlisten());
    this.#unlisten = [];
    if (this.#own) this.#client?.close();
    this.#client = client;
    this.#own = own;
    this.#drawn = false;
    this.#clearRows();
    if (this.isConnected) this.#listen();
    this.#draw();
  }

  #listen(): void {
    const client = this.#client;
    if (!client || this.#unlisten.length > 0) return;
    this.#unlisten = [
      client.on('change', () => this.#schedule()),
      client.on('connection', () => this.#schedule()),
      client.on('notification', ({ notification, live }) => live && !notification.silent && this.#ring(notification.title || notification.type)),
      client.on('announcement', ({ announcement, live }) => live && !announcement.silent && this.#ring(announcement.title)),
    ];
    this.#draw();
  }

  readonly #outside = (event: Event): void => {
    if (this.open && !this.hasAttribute('persistent') && !event.composedPath().includes(this)) this.toggle(false);
  };

  readonly #visible = (): void => this.#markSeen();

  #markSeen(): void {
    if (this.open && document.visibilityState === 'visible') this.#client?.markSeen();
  }

  #ring(title: string): void {
    text(this.#speaker, this.#strings.arrived(title));
    this.#bell.classList.remove('rings');
    void this.#bell.offsetWidth;
    this.#bell.classList.add('rings');
  }

  #relocate(): void {
    const locale = this.getAttribute('locale') ?? undefined;
    this.#ages = new Ages(locale, this.#strings.now);
    this.#clearRows();
    this.#noted = '';
    this.#draw();
  }

  #clearRows(): void {
    this.#rows.forEach(row => row.root.remove());
    this.#rows.clear();
  }

  /** Many changes in one turn are drawn once. */
  #schedule(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (!this.isConnected) return;
    const strings = this.#strings;
    const state = this.#client?.state;
    const badge = state?.badge ?? 0;
    text(this.#count, badge > 99 ? '99+' : String(badge));
    this.#count.hidden = badge === 0;
    set(this.#bell, 'aria-label', strings.bell(badge));
    set(this.#bell, 'aria-expanded', String(this.open));
    this.#panel.hidden = !this.open;
    text(this.#heading, this.getAttribute('heading') ?? strings.heading);
    text(this.#markAll.lastElementChild!, strings.markAll);
    this.#markAll.disabled = badge === 0;
    set(this.#close, 'aria-label', strings.close);
    if (!this.open || !state) return;
    const shown = lines(state);
    this.#drawStrip(this.#client!.connection, state);
    this.#drawNote(state, shown.length === 0);
    this.#drawRows(shown);
    this.#drawFoot(state);
    this.#markSeen();
  }

  #drawStrip(connection: Connection, state: InboxState): void {
    const away = connection.state !== 'connected' && state.status === 'ready';
    this.#strip.hidden = !away;
    text(this.#strip, !away ? '' : connection.state === 'closed' ? this.#strings.closed : this.#strings.offline);
  }

  #drawNote(state: InboxState, empty: boolean): void {
    const failed = state.status === 'error';
    const loading = (state.status === 'loading' || state.status === 'idle') && empty;
    this.#ghosts.hidden = !loading;
    text(this.#ghosts.firstElementChild!, loading ? this.#strings.loading : '');
    this.#note.hidden = !failed && !(empty && state.status === 'ready');
    this.#items.hidden = empty;
    const kind = this.#note.hidden ? '' : failed ? 'error' : 'empty';
    if (kind === this.#noted) return;
    this.#noted = kind;
    const s = this.#strings;
    this.#note.replaceChildren();
    if (kind === 'empty') this.#note.append(icon('bell'), element('b', {}, s.emptyTitle), element('span', {}, s.emptyText));
    if (kind === 'error') {
      const retry = element('button', { class: 'action', type: 'button' }, s.retry);
      retry.addEventListener('click', () => this.#client?.reload());
      this.#note.append(icon('dot'), element('b', {}, s.errorTitle), element('span', {}, s.errorText), retry);
    }
  }

  #drawRows(shown: readonly Line[]): void {
    const wanted = new Set(shown.map(line => line.id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.root.remove();
      this.#rows.delete(id);
    }
    let place: Element | null = this.#items.firstElementChild;
    for (const line of shown) {
      const row = this.#rowFor(line);
      if (row.root === place) place = place.nextElementSibling;
      else this.#items.insertBefore(row.root, place);
    }
    if (shown.length > 0) this.#drawn = true;
    this.#oneTabStop();
  }

  #rowFor(line: Line): Row {
    let row = this.#rows.get(line.id);
    if (row?.fits(line)) {
      if (row.line !== line) row.update(line, this.#strings, this.#ages);
      return row;
    }
    const isNew = !row && this.#drawn && this.#isNewest(line);
    row?.root.remove();
    row = new Row(line, this.#strings, this.#ages);
    row.root.classList.toggle('arriving', isNew);
    this.#rows.set(line.id, row);
    return row;
  }

  #isNewest(line: Line): boolean {
    for (const { line: other } of this.#rows.values()) if (other.time > line.time) return false;
    return true;
  }

  #drawFoot(state: InboxState): void {
    const failed = state.moreFailed;
    this.#foot.hidden = !state.hasMore;
    const button = element('button', { class: 'action', type: 'button' }, failed ? this.#strings.retry : this.#strings.loadMore);
    button.disabled = state.loadingMore;
    button.addEventListener('click', () => void this.#client?.loadMore());
    this.#foot.replaceChildren(failed ? this.#strings.moreFailed : '', button);
    this.#nearEnd.unobserve(this.#foot);
    if (state.hasMore && !state.loadingMore) this.#nearEnd.observe(this.#foot);
  }

  #activate(event: Event): void {
    const row = this.#rowOf(event);
    if (!row) return;
    const { source, read } = row.line;
    if (!read) {
      if ('notification' in source) this.#client?.markRead([source.notification.id]);
      else this.#client?.markAnnouncementsRead([source.announcement.id]);
    }
    const goOn = this.dispatchEvent(
      new CustomEvent<Activation>('belfry-activate', { detail: source, cancelable: true, bubbles: true, composed: true }));
    if (!goOn) event.preventDefault();
  }

  #rowOf(event: Event): Row | undefined {
    const path = event.composedPath();
    return [...this.#rows.values()].find(row => path.includes(row.control));
  }

  /** The list is one stop of the tab key; arrows move in it. */
  #oneTabStop(current?: HTMLElement): void {
    const controls = this.#controls();
    const stop = current ?? controls.find(control => control.tabIndex === 0) ?? controls[0];
    for (const control of controls) control.tabIndex = control === stop ? 0 : -1;
  }

  #controls(): HTMLElement[] {
    return [...this.#items.querySelectorAll<HTMLElement>('.row')];
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !this.hasAttribute('persistent')) {
      event.stopPropagation();
      this.toggle(false);
      return;
    }
    const controls = this.#controls();
    const at = controls.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: controls.length - 1 }[event.key];
    const control = to === undefined ? undefined : controls[Math.min(to, controls.length - 1)];
    if (!control || (at < 0 && this.shadowRoot?.activeElement !== this.#panel)) return;
    event.preventDefault();
    this.#oneTabStop(control);
    control.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'belfry-inbox': BelfryInbox;
  }
}
