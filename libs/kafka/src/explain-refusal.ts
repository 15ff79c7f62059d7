import { type EventType, incompatibilities } from '@everyhop/events';

/**
 * Why the registry at `url` refuses the schema of `type`: the sentences of {@link incompatibilities} between it and
 * the versions that are there, the newest first, each field once.
 */
export async function explainRefusal(url: string, type: EventType<any>): Promise<string[]> {
  const versions = `${url}/subjects/${encodeURIComponent(type.type)}/versions`;
  const sentences = new Map<string, string>();
  for (const number of ((await get(versions)) as number[]).toReversed()) {
    const { schema } = (await get(`${versions}/${number}`)) as { schema: string };
    // Who has changed a version that is published already meets it under its own number.
    const version = number === type.version ? `the registry's v${number}` : `v${number}`;
    const older = { version, schema: JSON.parse(schema) };
    for (const sentence of incompatibilities(older, { version: `v${type.version}`, schema: type.schema })) {
      const field = sentence.slice(0, sentence.indexOf(' '));
      if (!sentences.has(field)) sentences.set(field, sentence);
    }
  }
  return [...sentences.values()];
}

async function get(url: string): Promise<unknown> {
  const response = await fetch(url);
  return response.json();
}
