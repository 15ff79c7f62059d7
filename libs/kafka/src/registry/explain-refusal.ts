import { type EventType } from '@everyhop/events';
import { incompatibilities, type SchemaVersion } from '@everyhop/events/internal';
import { authorizationOf, type RegistryConnection } from '../connection/servers.ts';

/** Why `registry` refuses the schema of `type`: {@link incompatibilities} with the versions that are there. */
export async function explainRefusal(
  registry: RegistryConnection,
  { type, version, schema }: EventType<any>,
): Promise<string[]> {
  const versions = `${registry.url}/subjects/${encodeURIComponent(type)}/versions`;
  const earlier: SchemaVersion[] = [];
  for (const number of (await get(registry, versions)) as number[]) {
    const registered = (await get(registry, `${versions}/${number}`)) as { schema: string };
    // Who has changed a version that is published already meets it under its own number.
    const name = number === version ? `the registry's v${number}` : `v${number}`;
    earlier.push({ version: name, schema: JSON.parse(registered.schema) });
  }
  return incompatibilities(earlier, { version: `v${version}`, schema });
}

async function get(registry: RegistryConnection, url: string): Promise<unknown> {
  const response = await fetch(url, { headers: authorizationOf(registry) });
  return response.json();
}
