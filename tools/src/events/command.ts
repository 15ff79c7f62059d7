import { resolve } from 'node:path';
import { generate } from './generate.ts';
import { verify } from './verify.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const USAGE = `./dev events generate   write libs/events/src/generated/ and schemas/README.md from schemas/
./dev events verify     fail when they are not what schemas/ says
./dev events register   register every event in SCHEMA_REGISTRY_URL
`;

/** `./dev events generate|verify|register`; resolves to the exit code. */
export async function events(args: string[]): Promise<number> {
  try {
    switch (args[0]) {
      case 'generate': {
        const changed = await generate(ROOT);
        console.log(changed.length > 0 ? changed.join('\n') : 'Everything generated is up to date.');
        return 0;
      }
      case 'verify': {
        const problems = await verify(ROOT);
        for (const problem of problems) console.error(problem);
        return problems.length > 0 ? 1 : 0;
      }
      default:
        console.log(USAGE);
        return args.length > 0 ? 2 : 0;
    }
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}
