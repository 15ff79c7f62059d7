/**
 * Where the engines of this test run are: where `./dev test` or `startEngines` say; without them, those of a running
 * `./dev up`.
 */
export const engines = {
  /** `host:port` of the brokers. */
  get brokers(): string[] {
    return (process.env.KAFKA_BROKERS ?? '127.0.0.1:4092').split(',');
  },
  /** Confluent-compatible API of the schema registry. */
  get registryUrl(): string {
    return process.env.SCHEMA_REGISTRY_URL ?? 'http://127.0.0.1:4081/apis/ccompat/v7';
  },
  /** A superuser's URL, to create databases with. */
  get adminDatabaseUrl(): string {
    return process.env.ADMIN_DATABASE_URL ?? 'postgres://postgres:everyhop@127.0.0.1:4032/postgres';
  },
};

/** The environment that says where they are. */
export const engineVariables = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'ADMIN_DATABASE_URL'] as const;
