/**
 * Where the engines of this test run are. `./dev test` sets these; without them, those of a running `./dev up`.
 */
export const engines = {
  /** `host:port` of the brokers. */
  brokers: (process.env.KAFKA_BROKERS ?? '127.0.0.1:4092').split(','),
  /** Confluent-compatible API of the schema registry. */
  registryUrl: process.env.SCHEMA_REGISTRY_URL ?? 'http://127.0.0.1:4081/apis/ccompat/v7',
  /** A superuser's URL, to create databases with. */
  adminDatabaseUrl: process.env.ADMIN_DATABASE_URL ?? 'postgres://postgres:everyhop@127.0.0.1:4032/postgres',
};
