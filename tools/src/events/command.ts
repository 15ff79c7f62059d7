import type { AddressInfo } from 'node:net';
import { readSettings, root } from '@everyhop/local';
import { check } from './check.ts';
import { generate } from './generate.ts';
import { serve } from './serve.ts';

/** `./dev events generate`: writes what follows from the schemas, and prints which files changed. */
export async function generateAll(): Promise<number> {
  return report(await generate(root), 'Nothing has changed.');
}

/** `./dev events check`: prints what is wrong with the events; resolves to 1 when anything is. */
export async function checkAll(): Promise<number> {
  const problems = await check(root);
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}

/** `./dev events register`: registers every event, and prints which there are, and what else an event needs. */
export async function registerAll(): Promise<number> {
  // Loaded late: it needs the generated code, which generate must be able to repair.
  const { register } = await import('./register.ts');
  const code = report(await register(), 'There is no event.');
  console.log('\nThat were the schemas only: ./dev setup also creates topics that are missing.');
  return code;
}

/** `./dev events serve`: shows the catalogue until Ctrl-C. Default port: the base plus 82. */
export async function show(port = readSettings().portBase + 82): Promise<number> {
  const server = await serve(root, port);
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
