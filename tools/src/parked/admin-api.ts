import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { portsFrom, readSettings, root } from '@everyhop/local';
import { readRecord } from '../stack/record.ts';

/** The services of this repository. */
export const serviceNames = (): string[] => readdirSync(join(root, 'services')).sort();

/** Asks the admin API of `service`; rejects with a sentence when there is none, or nobody answers, or it refuses. */
export async function admin(service: string, path: string, body?: object): Promise<any> {
  const url = `${urlOf(service)}/admin/${path}`;
  const init = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, init).catch((cause) => {
    throw new Error(
      `${service} does not answer at ${new URL(url).origin}: is it running? See ./dev status.`,
      {
        cause,
      },
    );
  });
  const text = await response.text();
  if (response.ok) return text && JSON.parse(text);
  throw new Error(`${service}: ${sentenceOf(text, response)}`);
}

function urlOf(service: string): string {
  const names = serviceNames();
  if (!names.includes(service))
    throw new Error(`There is no service "${service}"; there are: ${names.join(', ')}.`);
  const { state, portBase } = readSettings();
  const port = (portsFrom(portBase) as Record<string, number>)[service];
  const url = readRecord(state)?.components[service]?.url ?? (port && `http://127.0.0.1:${port}`);
  if (!url) throw new Error(`Nobody knows where ${service} listens: start it with ./dev up.`);
  return url;
}

/** What a problem detail (RFC 9457) says, with its bad fields. */
function sentenceOf(text: string, { status, url }: Response): string {
  try {
    const { detail, errors = [] } = JSON.parse(text);
    const fields = errors.map((one: any) => `${one.pointer ?? one.parameter} ${one.detail}`);
    return [detail, ...fields].join(' ');
  } catch {
    return `${url} was answered with ${status}: ${text}`;
  }
}
