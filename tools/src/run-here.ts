import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '@everyhop/local';

/** Runs a command in this terminal, in the repository's root; resolves to its exit code. Ctrl-C ends both. */
export async function runHere(
  [program, ...args]: string[],
  env: Record<string, string> = {},
): Promise<number> {
  const child = spawn(program!, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
