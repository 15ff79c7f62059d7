export { testDatabase, type TestDatabase } from './database.ts';
export { deliver } from './deliver.ts';
export { engines } from './engines.ts';
export { randomName, testEvent, type Happened } from './event.ts';
export { olderPostgres } from './older-postgres.ts';
export { startEngines } from './start-engines.ts';
export { waitUntil } from './wait-until.ts';
