/**
 * A stack in the background: `./dev up -d` starts this program, follows its messages until the stack is ready, and
 * leaves it alone. It ends, and everything with it, on SIGTERM, or when its starter goes before the stack is ready.
 */
import { startStack } from './start-stack.ts';
import type { Change } from './supervised.ts';

/** What the starter is told. */
export type Message = { change: Change } | { ready: true } | { failure: string };

const stopping = new AbortController();
const stop = () => stopping.abort(new Error('The start was interrupted.'));
process.on('SIGTERM', stop);
process.on('disconnect', stop);

const tell = (message: Message) => {
  if (process.connected) process.send!(message);
};
const report = (change: Change) => {
  if (change.detail) console.log(new Date().toISOString(), change.name, change.state, change.detail);
  tell({ change });
};

try {
  const only = process.argv.length > 2 ? process.argv.slice(2) : undefined;
  const stack = await startStack({ only, report, signal: stopping.signal });
  process.off('disconnect', stop);
  tell({ ready: true });
  stopping.signal.addEventListener('abort', () => void stack.stop());
  if (stopping.signal.aborted) await stack.stop();
} catch (error) {
  console.error(error);
  tell({ failure: (error as Error).message });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
