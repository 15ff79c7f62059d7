import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';

const graceMs = 3_000;

/** Accepts no more requests, waits for those in hand, and after 3 s cuts what is left, such as event streams. */
export async function closeHttp(app: INestApplication): Promise<void> {
  const server = app.getHttpServer() as Server;
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(cut);
}
