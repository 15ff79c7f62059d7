import { allEvents } from '@everyhop/events';
import { registryFrom, SchemaRegistry } from '@everyhop/kafka';
import { engineAddresses, readSettings } from '@everyhop/local';

/**
 * Registers the newest schema of every event in the registry at `url` (default: `SCHEMA_REGISTRY_URL`, else the
 * local stack's); what is there already stays. Resolves to one line an event, and rejects with the registry's
 * reason when it refuses one.
 */
export async function register(url = registryUrl()): Promise<string[]> {
  const registry = new SchemaRegistry(registryFrom({ ...process.env, SCHEMA_REGISTRY_URL: url }));
  const lines: string[] = [];
  for (const event of allEvents) {
    const version = `${event.type} v${event.version}`;
    const id = await registry.register(event).catch((cause: Error) => {
      throw new Error(`${version} could not be registered at ${url}: ${cause.message}`, { cause });
    });
    lines.push(`${version} has id ${id}`);
  }
  return lines;
}

const registryUrl = () =>
  process.env.SCHEMA_REGISTRY_URL ?? engineAddresses(readSettings().portBase).SCHEMA_REGISTRY_URL;
