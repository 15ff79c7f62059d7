/** What only the other libraries need; it may change with any version. */
export { backoffMs, type Backoff } from './backoff.ts';
export { toMs } from './duration.ts';
export { withDefaults } from './with-defaults.ts';
