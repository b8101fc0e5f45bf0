// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MockBelfry } from '../mock/server.mjs';
import { BelfryClient, BelfryInbox } from '../src/inbox/index.js';

let belfry: MockBelfry;
let client: BelfryClient;
let inbox: BelfryInbox;

beforeEach(async () => {
  belfry = await new MockBelfry().listen();
  client = new BelfryClient({ url: belfry.url, token: 'alice', deviceId: 'd', websocket: WebSocket, protocol: { minReconnectDelay: 10, maxReconnectDelay: 20 } });
  inbox = document.createElement('belfry-inbox');
  inbox.client = client;
  document.body.append(inbox);
  client.connect();
});

afterEach(async () => {
  inbox.remove();
  client.close();
  await belfry.close();
});

const find = (selector: string) => inbox.shadowRoot!.querySelector<HTMLElement>(selector)!;
const rows = () => [...inbox.shadowRoot!.querySelectorAll<HTMLElement>('.row')];
const shown = () => rows().map(row => row.querySelector('.title')!.textContent);

it('shows the number of unread ones on the bell, and speaks it', async () => {
  expect(find('.badge').hidden).toBe(true);
  belfry.notify('alice', { title: 'Hello' });
  await vi.waitFor(() => expect(find('.badge').textContent).toBe('1'));
  expect(find('.bell').getAttribute('aria-label')).toBe('Notifications, 1 unread');
  expect(find('.panel').hidden).toBe(true);
});

it('lists what is there, marks it seen, and reads what is opened', async () => {
  belfry.notify('alice', { title: 'One', link: 'https://example.com/1' });
  belfry.notify('alice', { title: 'Two' });
  find('.bell').click();
  await vi.waitFor(() => expect(shown()).toEqual(['Unread. Two', 'Unread. One']));
  await vi.waitFor(() => expect(belfry.inbox('alice').counts.unseen).toBe(0));
  const opened = vi.fn((event: Event) => event.preventDefault());
  inbox.addEventListener('belfry-activate', opened);
  rows()[1]!.click();
  await vi.waitFor(() => expect(belfry.inbox('alice').counts.unread).toBe(1));
  expect(shown()).toEqual(['Unread. Two', 'One']);
  expect(opened).toHaveBeenCalledOnce();
});

it('never makes markup or scripts of what a service sent', async () => {
  belfry.notify('alice', { title: '<img src=x onerror=alert(1)>', body: '<b>x</b>', link: 'javascript:alert(1)' });
  inbox.open = true;
  await vi.waitFor(() => expect(rows()).toHaveLength(1));
  expect(rows()[0]!.tagName).toBe('BUTTON');
  expect(inbox.shadowRoot!.querySelector('img, .list b')).toBeNull();
});

it('shows the data of events without a template', async () => {
  belfry.notify('alice', { type: 'build.failed', data: { branch: 'main', took: 12 } });
  inbox.open = true;
  await vi.waitFor(() => expect(shown()).toEqual(['Unread. build.failed']));
  expect(find('.body').textContent).toBe('branch: main · took: 12');
});

it('has words for nothing, for failure and for being offline', async () => {
  inbox.open = true;
  await vi.waitFor(() => expect(find('.note b')?.textContent).toBe('All caught up'));
  client.disconnect();
  await vi.waitFor(() => expect(find('.strip').hidden).toBe(false));
  inbox.strings = { emptyTitle: 'Nichts Neues', closed: 'Getrennt' };
  expect(find('.note b').textContent).toBe('Nichts Neues');
  expect(find('.strip').textContent).toBe('Getrennt');
});

it('is moved through with the keyboard', async () => {
  for (const title of ['C', 'B', 'A']) belfry.notify('alice', { title });
  inbox.toggle(true);
  await vi.waitFor(() => expect(rows()).toHaveLength(3));
  const press = (key: string) => (inbox.shadowRoot!.activeElement ?? find('.panel')).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
  press('ArrowDown');
  press('ArrowDown');
  expect(rows().map(row => row.tabIndex)).toEqual([-1, 0, -1]);
  press('End');
  expect(rows().map(row => row.tabIndex)).toEqual([-1, -1, 0]);
  press('Escape');
  expect(inbox.open).toBe(false);
});

it('connects by itself when it has a token', async () => {
  belfry.notify('bob', { title: 'For Bob' });
  Object.assign(globalThis, { WebSocket });
  document.body.insertAdjacentHTML('beforeend', `<belfry-inbox url="${belfry.url}" token="bob" device-id="e" open></belfry-inbox>`);
  const own = document.body.lastElementChild as BelfryInbox;
  await vi.waitFor(() => expect(own.shadowRoot!.querySelector('.title')?.textContent).toBe('Unread. For Bob'));
  own.remove();
  await vi.waitFor(() => expect(belfry.connections.size).toBe(1));
});
