export { Client, type ClientConfig } from './client.ts';
export {
  DatabaseNotUtf8,
  NotYoursToEnd,
  PostgresTooOld,
  SessionReadOnly,
  TransactionOver,
} from './errors.ts';
export { poolOptions } from './pool-options.ts';
export { PreparingClient } from './preparing-client.ts';
export { assertServer } from './requirements.ts';
export { isOfTransaction } from './statements.ts';
export { storable } from './storable.ts';
export { inSavepoint, inTransaction, keep } from './transaction.ts';
