// As far from the port base as ./dev up has them.
const port = (offset: number) => Number(process.env.EVERYHOP_PORT_BASE || 4000) + offset;

/**
 * Where the engines of this test run are: where `./dev test` or `startEngines` say; without them, those of a running
 * `./dev up`, whose ports start at `EVERYHOP_PORT_BASE` (default: 4000).
 */
export const engines = {
  /** `host:port` of the brokers. */
  get brokers(): string[] {
    return (process.env.KAFKA_BROKERS ?? `127.0.0.1:${port(92)}`).split(',');
  },
  /** Confluent-compatible API of the schema registry. */
  get registryUrl(): string {
    return process.env.SCHEMA_REGISTRY_URL ?? `http://127.0.0.1:${port(81)}/apis/ccompat/v7`;
  },
  /** A superuser's URL, to create databases with. */
  get adminDatabaseUrl(): string {
    return process.env.ADMIN_DATABASE_URL ?? `postgres://postgres:everyhop@127.0.0.1:${port(32)}/postgres`;
  },
};

/** The environment that says where they are. */
export const engineVariables = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'ADMIN_DATABASE_URL'] as const;
