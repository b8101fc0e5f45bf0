import { BelfryInbox } from './element.js';

if (!customElements.get('belfry-inbox')) customElements.define('belfry-inbox', BelfryInbox);

export * from '../index.js';
export { BelfryInbox, type Activation } from './element.js';
export type { Strings } from './strings.js';
