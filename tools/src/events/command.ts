import type { AddressInfo } from 'node:net';
import { readSettings, root } from '@everyhop/local';
import { check } from './check.ts';
import { generate } from './generate.ts';
import { serve } from './serve.ts';

const USAGE = `./dev events generate       write libs/events/src/generated/, schemas/README.md and schemas/asyncapi.json
./dev events check          fail when schemas break the rules or their readers, when events lead nowhere or in a circle,
                            and when what is generated is out of date
./dev events register       register every event at SCHEMA_REGISTRY_URL (default: the local stack's)
./dev events serve [PORT]   show the catalogue in a browser, on port 4082 by default, until Ctrl-C`;

/** `./dev events …`: prints what it did or what is wrong, resolves to the exit code. */
export async function events([action, ...rest]: string[]): Promise<number> {
  try {
    if (action === 'serve' && rest.length <= 1 && /^\d*$/.test(rest[0] ?? '')) return await show(rest[0]);
    if (rest.length === 0 && action === 'generate')
      return report(await generate(root), 'Nothing has changed.');
    if (rest.length === 0 && action === 'check') return complain(await check(root));
    if (rest.length === 0 && action === 'register') {
      // Loaded late: it needs the generated code, which generate must be able to repair.
      const { register } = await import('./register.ts');
      return report(await register(), 'There is no event.');
    }
  } catch (error) {
    return complain([(error as Error).message]);
  }
  console.error(USAGE);
  return action === undefined ? 0 : 2;
}

async function show(port = String(readSettings().portBase + 82)): Promise<number> {
  const server = await serve(root, Number(port));
  console.log(`The catalogue of events is at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await new Promise((resolve) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, resolve)));
  server.closeAllConnections();
  server.close();
  return 0;
}

function report(lines: string[], otherwise: string): number {
  console.log(lines.join('\n') || otherwise);
  return 0;
}

function complain(problems: string[]): number {
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}
