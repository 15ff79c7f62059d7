export { Client, type ClientConfig } from './client.ts';
export { DatabaseNotUtf8, PostgresTooOld, SessionReadOnly } from './errors.ts';
export { poolOptions } from './pool-options.ts';
export { PreparingClient } from './preparing-client.ts';
export { assertServer, assertVersion } from './requirements.ts';
export { pinned } from './settings.ts';
export { storable } from './storable.ts';
export { WakeUp } from './wake-up.ts';
