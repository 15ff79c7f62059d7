import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokenRules } from '../events/rules.ts';
import { fullName, readSchemas } from '../events/schemas.ts';
import { assertWord, kebab, pascal } from '../names.ts';
import type { Files } from './files.ts';
import { findEvent } from './find.ts';
import { handlerFiles } from './handler.ts';
import { listService, isListed } from './list-service.ts';

const libraries = ['events', 'inbox', 'outbox', 'service', 'telemetry', 'testing'];

/** All that makes a service `name` that handles the event `on`, with its entries in the lists. Throws what is wrong. */
export function newService(root: string, { name, on }: Record<'name' | 'on', string>): Files {
  assertWord(name);
  if (existsSync(join(root, 'services', name)) || isListed(root, name))
    throw new Error(`There is a ${name} already: take another name.`);
  const [named] = brokenRules(readSchemas(root), [name]);
  if (named) throw new Error(`Take another name than ${name}. ${named}`);
  const event = findEvent(root, on);
  const id = `${name}.${kebab(event.schema.name)}`;
  return {
    [`services/${name}/package.json`]: JSON.stringify(manifest(root, name)),
    [`services/${name}/tsconfig.json`]: JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: { rootDir: 'src', outDir: 'dist' },
      include: ['src'],
      references: libraries.map((library) => ({ path: `../../libs/${library}` })),
    }),
    [`services/${name}/README.md`]: readme(name, fullName(event), id),
    [`services/${name}/src/main.ts`]: `
import { runService } from '@everyhop/service';
import { ${pascal(name)}Module } from './${name}/${name}.module.ts';

await runService('${name}', {
  features: [${pascal(name)}Module],
  migrations: new URL('../migrations/', import.meta.url),
});
`,
    ...handlerFiles(root, { service: name, name, id, event }),
    ...listService(root, name),
  };
}

/** Its packages are those that the libraries use, in the same versions. */
function manifest(root: string, name: string): object {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, 'libs/service/package.json'), 'utf8'));
  const own = libraries.map((library) => [`@everyhop/${library}`, version]);
  const others = ['@nestjs/common', 'kysely'].map((name) => [name, dependencies[name]]);
  return {
    name: `@everyhop/${name}`,
    version,
    private: true,
    type: 'module',
    dependencies: Object.fromEntries([...own.slice(0, -1), ...others]),
    devDependencies: Object.fromEntries(own.slice(-1)),
    nx: { tags: ['layer:application'] },
  };
}

const readme = (name: string, event: string, id: string) => `# ${name}

Notes each \`${event}\`.

| handles | as | emits |
| --- | --- | --- |
| \`${event}\` | \`${id}\` | nothing |

## Configuration

Only what every service has: \`DATABASE_URL\`, \`PORT\` and so on; see [libs/service](../../libs/service/README.md).
`;
