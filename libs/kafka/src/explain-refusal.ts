import { type EventType, incompatibilities, type SchemaVersion } from '@everyhop/events';
import type { RegistryConnection } from './servers.ts';

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

async function get({ auth }: RegistryConnection, url: string): Promise<unknown> {
  const credentials = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  const response = await fetch(url, {
    headers: credentials ? { authorization: `Basic ${credentials}` } : {},
  });
  return response.json();
}
