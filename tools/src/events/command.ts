import { resolve } from 'node:path';
import { check } from './check.ts';
import { generate } from './generate.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

const USAGE = `./dev events generate   write libs/events/src/generated/ and schemas/README.md from schemas/
./dev events check      fail when they are not what schemas/ says, or when schemas/ breaks the rules
./dev events register   register every event at SCHEMA_REGISTRY_URL (default: the local stack's)`;

/** `./dev events generate|check|register`: prints what it did or what is wrong, resolves to the exit code. */
export async function events([action, ...rest]: string[]): Promise<number> {
  try {
    if (rest.length === 0 && action === 'generate')
      return report(await generate(ROOT), 'Nothing has changed.');
    if (rest.length === 0 && action === 'check') return complain(await check(ROOT));
    if (rest.length === 0 && action === 'register') {
      // Loaded late: it needs the generated code, which generate must be able to repair.
      const { register } = await import('./register.ts');
      return report(await register(), 'There is no event.');
    }
  } catch (error) {
    return complain([(error as Error).message]);
  }
  console.error(USAGE);
  return action === undefined ? 0 : 2;
}

function report(lines: string[], otherwise: string): number {
  console.log(lines.join('\n') || otherwise);
  return 0;
}

function complain(problems: string[]): number {
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}
