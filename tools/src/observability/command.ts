import { root } from '@everyhop/local';
import { generate, check } from './generate.ts';

const usage = `./dev observability generate   write the rules of infra/prometheus/slos.yaml, and infra/grafana/dashboards/
./dev observability check     fail when they are not what their sources say`;

/** `./dev observability generate|check`: prints what it did or what is wrong, resolves to the exit code. */
export async function observability([action, ...rest]: string[]): Promise<number> {
  if (rest.length === 0 && action === 'generate') {
    console.log((await generate(root)).join('\n') || 'Nothing has changed.');
    return 0;
  }
  if (rest.length === 0 && action === 'check') {
    const problems = await check(root);
    for (const problem of problems) console.error(problem);
    return problems.length > 0 ? 1 : 0;
  }
  console.error(usage);
  return action === undefined ? 0 : 2;
}
