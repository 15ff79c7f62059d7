import { coreServices, portsFrom, readSettings, serviceNames } from '@everyhop/local';
import { readRecord } from '../stack/record.ts';
import { UsageError } from '../usage-error.ts';

/** The services that are asked when none is named: those that run; when nothing is known to run, those of the core. */
export function servicesToAsk(): string[] {
  const running = readRecord(readSettings().state)?.components;
  return (running ? serviceNames.filter((name) => name in running) : coreServices).toSorted();
}

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

/** Throws a sentence unless there is such a service. */
export function assertService(name: string): void {
  if (serviceNames.includes(name)) return;
  throw new UsageError(`There is no service "${name}"; there are: ${serviceNames.toSorted().join(', ')}.`);
}

function urlOf(service: string): string {
  assertService(service);
  const { state, portBase } = readSettings();
  return readRecord(state)?.components[service]?.url ?? `http://127.0.0.1:${portsFrom(portBase)[service]}`;
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
