export { BelfryClient, Unauthorized, type BelfryEvents, type BelfryOptions, type Connection } from './client.js';
export { installationId } from './installation.js';
export type { Announcement, Counts, Notification } from './model.js';
export { BelfryError } from './rest.js';
export type { Act, InboxState } from './store.js';
