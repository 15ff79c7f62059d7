import { RegistryUnavailable } from '../errors.ts';
import type { RegistryConnection } from '../connection/servers.ts';

const level = 'FULL_TRANSITIVE';
const patienceMs = 3_000;
// What a registry answers that is busy, or that makes the same subject for somebody else at this moment.
const passing = [408, 409, 429];

/**
 * Has `registry` check every version of `subject` against all others, in both directions; the subject need not exist
 * yet. Whatever its level was, none is stricter. Throws `RegistryUnavailable`, or what the registry has against it.
 */
export async function demandFullTransitive(registry: RegistryConnection, subject: string): Promise<void> {
  const before = await ask(registry, 'GET', subject);
  // A subject without a level of its own is not found, or has that of the registry.
  if (before?.compatibilityLevel === level) return;
  await ask(registry, 'PUT', subject, JSON.stringify({ compatibility: level }));
}

async function ask({ url, auth }: RegistryConnection, method: 'GET' | 'PUT', subject: string, body?: string) {
  const headers = new Headers({ 'content-type': 'application/vnd.schemaregistry.v1+json' });
  if (auth) {
    const credentials = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
    headers.set('authorization', `Basic ${credentials}`);
  }
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(`${url}/config/${encodeURIComponent(subject)}`, {
      ...{ method, headers, body, signal },
    });
    const answer = await response.text();
    if (response.ok) return JSON.parse(answer) as { compatibilityLevel?: string };
    if (method === 'GET' && response.status === 404) return undefined;
    throw Object.assign(new Error(`${method} /config/${subject}: ${response.status} ${answer}`), {
      status: response.status,
    });
  } catch (cause) {
    const { status } = cause as { status?: number };
    if (status !== undefined && status < 500 && !passing.includes(status)) throw cause;
    throw new RegistryUnavailable({ cause });
  }
}
