import { portsFrom } from './ports.ts';

/** Environment that leads tests, tools and the set-up to the engines of a local system. */
export interface EngineAddresses extends Record<string, string> {
  ADMIN_DATABASE_URL: string;
  KAFKA_BROKERS: string;
  SCHEMA_REGISTRY_URL: string;
}

/** The database `name`, as its owner or as another `user`. */
export const databaseUrl = (portBase: number, name: string, user = 'everyhop'): URL =>
  new URL(`postgres://${user}:everyhop@127.0.0.1:${portsFrom(portBase).postgres}/${name}`);

/** PostgreSQL as one who may do everything. */
export const superuser = (portBase: number): URL => databaseUrl(portBase, 'postgres', 'postgres');

/** The engines of the system whose ports start at `portBase`. */
export function engineAddresses(portBase: number): EngineAddresses {
  const { kafka, registry } = portsFrom(portBase);
  return {
    ADMIN_DATABASE_URL: superuser(portBase).href,
    KAFKA_BROKERS: `127.0.0.1:${kafka}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registry}/apis/ccompat/v7`,
  };
}
