/** What only the other libraries need; it may change with any version. */
export { withDefaults } from './with-defaults.ts';
