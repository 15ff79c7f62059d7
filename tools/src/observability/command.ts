import { root } from '@everyhop/local';
import { generate, check } from './generate.ts';

/** `./dev observability generate`: writes rules and dashboards, and prints which files changed. */
export async function generateAll(): Promise<number> {
  console.log((await generate(root)).join('\n') || 'Nothing has changed.');
  return 0;
}

/** `./dev observability check`: prints what is not as its source says; resolves to 1 when there is any. */
export async function checkAll(): Promise<number> {
  const problems = await check(root);
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}
