import type { Component } from './component.ts';
import { environmentOf, offsetOf } from './compose.ts';
import { answersHttp } from './health.ts';

const node = process.execPath;
const fromSource = [node, '--conditions=everyhop-source'];

/** A command that is run once to its end. */
export function once(
  name: string,
  options: { needs?: string[]; command: string[]; env?: Record<string, string> },
): Component {
  const { needs = [], command, env } = options;
  return { name, needs, ports: [], prepare: async () => ({ command, env }) };
}

// The Kafka client sets timeouts in the past.
const quiet = '--disable-warning=TimeoutNegativeWarning';

/** One step of the set-up: `databases` or `events`. */
export const setUp = (step: string, options: { needs: string[]; env: Record<string, string> }): Component =>
  once(step, { ...options, command: [...fromSource, quiet, 'tools/src/setup/main.ts', step] });

/** Compiles what changed of the services `names`, and of all that they stand on. */
export const build = (names: string[]): Component =>
  once('build', {
    command: [node, 'node_modules/.bin/tsc', '-b', ...names.map((name) => `services/${name}`)],
  });

/** A service of ours: compiled, traced, with its settings of compose, and ready when it says so itself. */
export function service(name: string, { portBase, needs }: { portBase: number; needs: string[] }): Component {
  const port = portBase + offsetOf(name);
  const url = `http://127.0.0.1:${port}`;
  const traced = ['--import', '@everyhop/telemetry/register'];
  return {
    name,
    needs,
    ports: [port],
    url,
    prepare: async () => ({
      command: [node, ...traced, `services/${name}/dist/main.js`],
      env: {
        HOST: '127.0.0.1',
        PORT: String(port),
        ...environmentOf(name, portBase),
      },
    }),
    health: answersHttp(`${url}/health/ready`),
  };
}

/** The SMTP server that keeps the mails of the local system, with a page to read them. */
export function mailSink({ port, smtpPort }: { port: number; smtpPort: number }): Component {
  const url = `http://127.0.0.1:${port}`;
  return {
    name: 'mail',
    needs: [],
    ports: [port, smtpPort],
    url,
    prepare: async ({ data }) => ({
      command: [node, '--max-old-space-size=96', 'infra/mail-sink/src/main.ts'],
      env: { HOST: '127.0.0.1', HTTP_PORT: String(port), SMTP_PORT: String(smtpPort), MAIL_DIR: data },
    }),
    health: answersHttp(`${url}/livez`),
  };
}
