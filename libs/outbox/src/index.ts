export { EventTooLarge, NotAnEvent } from './errors.ts';
export { type Interceptor, type PublishInput, type PublishInterceptor } from './interceptor.ts';
export { observeOutbox } from './observe.ts';
export { Outbox, type OutboxOptions, type OutboxTransaction } from './outbox.ts';
export { Relay, type RelayOptions } from './relay.ts';

/** Folder of the SQL files that create the outbox's tables. */
export const outboxMigrations = new URL('../migrations/', import.meta.url);
