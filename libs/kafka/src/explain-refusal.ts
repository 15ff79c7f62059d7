import { type EventType, incompatibilities, type SchemaVersion } from '@everyhop/events';

/** Why the registry at `url` refuses the schema of `type`: {@link incompatibilities} with the versions that are there. */
export async function explainRefusal(
  url: string,
  { type, version, schema }: EventType<any>,
): Promise<string[]> {
  const versions = `${url}/subjects/${encodeURIComponent(type)}/versions`;
  const earlier: SchemaVersion[] = [];
  for (const number of (await get(versions)) as number[]) {
    const registered = (await get(`${versions}/${number}`)) as { schema: string };
    // Who has changed a version that is published already meets it under its own number.
    const name = number === version ? `the registry's v${number}` : `v${number}`;
    earlier.push({ version: name, schema: JSON.parse(registered.schema) });
  }
  return incompatibilities(earlier, { version: `v${version}`, schema });
}

async function get(url: string): Promise<unknown> {
  const response = await fetch(url);
  return response.json();
}
