import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, type ProcessId, treeOf } from './process-table.ts';

/**
 * Ends a process and all that it started: asks it with `signal`, and kills what is left when it has ended, or has not
 * after `graceMs`. Resolves to whether it ended by itself. Nothing happens to another process that has got its pid.
 */
export async function endProcess(
  id: ProcessId,
  signal: NodeJS.Signals = 'SIGTERM',
  graceMs = 30_000,
): Promise<boolean> {
  const tree = treeOf(id);
  if (tree.length > 0) send(id, signal);
  const deadline = Date.now() + graceMs;
  while (isRunning(id) && Date.now() < deadline) await delay(20);
  const inOrder = !isRunning(id);
  for (const member of tree) if (isRunning(member)) send(member, 'SIGKILL');
  while (tree.some(isRunning)) await delay(20);
  return inOrder;
}

function send({ pid }: ProcessId, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
