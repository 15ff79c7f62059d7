import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';

/** What billing is asked. */
export interface Request {
  path: string;
  query: Record<string, string>;
  body?: any;
}

type Answer = (request: Request) => { status?: number; body: unknown };

/**
 * A stand-in for billing's admin API, which answers as it is told, and `./dev` on a system in which only billing runs.
 */
export async function standInBilling(answer: Answer) {
  const requests: Request[] = [];
  const server = createServer(async (incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url!, 'http://billing');
    const body = incoming.method === 'POST' ? await json(incoming) : undefined;
    const request = { path: pathname, query: Object.fromEntries(searchParams), body };
    requests.push(request);
    const { status = 200, body: answered } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const state = await mkdtemp(join(tmpdir(), 'no-stack-'));
  // Billing's port is the base plus two.
  const env = { EVERYHOP_PORT_BASE: String(port - 2), EVERYHOP_STATE: state, USER: 'ada', NODE_OPTIONS: '' };

  return {
    requests,
    async dev(...args: string[]) {
      const main = join(import.meta.dirname, '../main.ts');
      const child = spawn(process.execPath, ['--conditions=everyhop-source', main, ...args], {
        env: { ...process.env, ...env },
      });
      const [output, errors, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit'),
      ]);
      return { output, errors, code };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await rm(state, { recursive: true });
    },
  };
}
