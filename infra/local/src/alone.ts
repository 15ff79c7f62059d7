import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How one waits for its turn. */
export interface Turn {
  /** Called once when somebody else is at it. */
  onWait?: () => void;
  /** Gives up waiting. */
  signal?: AbortSignal;
}

/**
 * Does `work` while no other process of this user, and nobody else in this one, does any of the same `name`. Who is
 * killed meanwhile holds up nobody: the kernel frees the name.
 */
export async function alone<R>(name: string, work: () => Promise<R>, turn: Turn = {}): Promise<R> {
  // Elsewhere there are no sockets that vanish with their owner.
  if (process.platform !== 'linux') return work();
  const hash = createHash('sha256').update(name).digest('hex');
  const address = `\0everyhop-${process.getuid!()}-${hash}`;
  let server = await take(address);
  if (!server) turn.onWait?.();
  while (!server) {
    await untilFreed(address, turn.signal);
    server = await take(address);
  }
  const waiting = new Set<Socket>();
  server.on('connection', (socket) => waiting.add(socket.on('error', () => undefined)));
  try {
    return await work();
  } finally {
    server.close();
    for (const socket of waiting) socket.destroy();
  }
}

/** The name, for as long as the server listens; undefined when somebody else has it. */
async function take(address: string): Promise<Server | undefined> {
  const server = createServer();
  try {
    await once(server.listen(address), 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return undefined;
  }
}

/** Whoever has the name keeps the connection open until it is done or gone. */
async function untilFreed(address: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const socket = connect(address);
  const giveUp = () => socket.destroy();
  signal?.addEventListener('abort', giveUp);
  // Refused or reset, it is free as well.
  socket.on('error', () => undefined).resume();
  await new Promise((resolve) => socket.on('close', resolve));
  signal?.removeEventListener('abort', giveUp);
  signal?.throwIfAborted();
}
