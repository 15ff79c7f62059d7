/** What only the other libraries need; it may change with any version. */
export { pinned } from './settings.ts';
export { lend } from './transaction.ts';
export { WakeUp } from './wake-up.ts';
