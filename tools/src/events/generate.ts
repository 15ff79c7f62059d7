import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pretty } from '../pretty.ts';
import { asyncApi } from './catalogue/asyncapi.ts';
import { renderCatalogue } from './catalogue/markdown.ts';
import { readFlows, type Flows } from './flows/read-flows.ts';
import { changedSincePublished, PUBLISHED, renderPublished } from './published.ts';
import { brokenRules } from './rules.ts';
import { folders, newest, readSchemas, type EventSchema } from './schemas.ts';
import { renderEvent, renderIndex } from './typescript.ts';

const GENERATED = 'libs/events/src/generated';

/** The files that are generated from the schemas and services below a root. */
export interface Generated {
  /** What they are generated from. */
  readonly events: readonly EventSchema[];
  readonly flows: Flows;
  /** Content by path, relative to the root. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths whose content on disk differs or is missing. */
  readonly outdated: readonly string[];
  /** Paths of generated files that belong to no schema any more. */
  readonly orphaned: readonly string[];
}

/**
 * Renders what schemas and services below `root` say, without writing it.
 * Throws one sentence a line when the schemas break the rules.
 */
export async function render(root: string): Promise<Generated> {
  const schemas = readSchemas(root);
  const problems = [
    ...changedSincePublished(root, schemas),
    ...brokenRules(schemas, folders(root, 'services')),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const events = newest(schemas);
  const files = new Map<string, string>();
  const add = async (path: string, text: string) => files.set(path, await pretty(path, text));
  for (const event of events) await add(`${GENERATED}/${event.owner}/${event.folder}.ts`, renderEvent(event));
  await add(`${GENERATED}/index.ts`, renderIndex(events));
  const flows = readFlows(root);
  await add('schemas/README.md', renderCatalogue(events, flows));
  await add('schemas/asyncapi.json', JSON.stringify(asyncApi(events, flows)));
  files.set(PUBLISHED, renderPublished(root, schemas));
  const outdated = [...files]
    .filter(([path, content]) => read(join(root, path)) !== content)
    .map(([path]) => path);
  const orphaned = generatedFiles(root).filter((path) => !files.has(path));
  return { events, flows, files, outdated, orphaned };
}

/** Brings the generated files in line with the schemas; returns the paths that changed. */
export async function generate(root: string): Promise<string[]> {
  const { files, outdated, orphaned } = await render(root);
  for (const path of outdated) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path)!);
  }
  for (const path of orphaned) rmSync(join(root, path));
  return [...outdated, ...orphaned];
}

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

function generatedFiles(root: string): string[] {
  if (!existsSync(join(root, GENERATED))) return [];
  return readdirSync(join(root, GENERATED), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${GENERATED}/${path}`)
    .sort();
}
