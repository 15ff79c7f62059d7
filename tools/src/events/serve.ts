import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { renderPage } from './catalogue/page.ts';
import { readFlows } from './flows/read-flows.ts';
import { newest, readSchemas } from './schemas.ts';

/**
 * Serves the catalogue of the schemas and services below `root` on 127.0.0.1: the page at `/`, as they are at each
 * request, and the files of `schemas/` below it. Port 0 takes a free one.
 */
export async function serve(root: string, port: number): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = request.url!.split('?')[0]!;
    try {
      const isPage = path === '/';
      // Only the names that schemas have: a path can't lead out of their folder.
      const isFile = path === '/asyncapi.json' || /^\/[\w-]+\/[\w-]+\/v\d+\.avsc$/.test(path);
      if (!isPage && !isFile) return response.writeHead(404).end(`There is no ${path} here.\n`);
      const body = isPage
        ? renderPage(newest(readSchemas(root)), readFlows(root))
        : await readFile(join(root, 'schemas', path));
      const type = isPage ? 'text/html; charset=utf-8' : 'application/json';
      return response.writeHead(200, { 'content-type': type }).end(body);
    } catch (error) {
      return response.writeHead(500).end(`${(error as Error).message}\n`);
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
