import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertKebab, pascal } from '../names.ts';
import { assertService } from './find.ts';
import type { Files } from './files.ts';

/** Throws a sentence unless `service` can get a feature `name`: a folder in its `src/`. */
export function assertFree(root: string, service: string, name: string): void {
  assertService(root, service);
  assertKebab(name);
  const folder = `services/${service}/src/${name}`;
  if (existsSync(join(root, folder))) throw new Error(`There is ${folder} already: take another name.`);
}

/** The Nest module of a feature whose one provider is `provider`, in the file of the feature's name. */
export const moduleOf = (name: string, provider: string): string => `
import { Module } from '@nestjs/common';
import { ${provider} } from './${name}.ts';

@Module({ providers: [${provider}], exports: [${provider}] })
export class ${pascal(name)}Module {}
`;

/** The \`main.ts\` of a service, with one feature more. */
export function mainWith(root: string, service: string, name: string): Files {
  const path = `services/${service}/src/main.ts`;
  const main = readFileSync(join(root, path), 'utf8');
  const imported = main.replace(
    /^(?!import )/m,
    `import { ${pascal(name)}Module } from './${name}/${name}.module.ts';\n`,
  );
  const listed = imported.replace(/features: \[([^\]]*?),?\s*\]/, `features: [$1, ${pascal(name)}Module]`);
  if (listed === imported) throw new Error(`${path} has no list "features: […]" to add ${name} to.`);
  return { [path]: listed };
}
