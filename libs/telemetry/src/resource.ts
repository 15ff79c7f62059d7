import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';

/**
 * What tells this process from others of its service: a new id at each start, the version in the `package.json` of
 * `program` (default: what Node was started with), and the host. `OTEL_RESOURCE_ATTRIBUTES` overrides each.
 */
export function instanceResource(program = process.argv[1]): Resource {
  const version = program && versionAbove(dirname(program));
  return resourceFromAttributes({
    'service.instance.id': randomUUID(),
    ...(version !== undefined && { 'service.version': version }),
    'host.name': hostname(),
  });
}

function versionAbove(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version;
  return folder === dirname(folder) ? undefined : versionAbove(dirname(folder));
}
