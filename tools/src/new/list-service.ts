import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Files } from './files.ts';

const compose = 'docker-compose.yml';
const targets = 'infra/compose/prometheus-targets.yml';

/** The ports that compose has no entry for: Jaeger's own, Kafka's controller, the page of the catalogue. */
const reserved = [82, 85, 87, 93];

/** Whether docker-compose.yml has a part of this name already. */
export const isListed = (root: string, name: string): boolean =>
  name in parse(readFileSync(join(root, compose), 'utf8'), { merge: true }).services;

/** The lists of services, with the service `name` in them, at the first port that is free. */
export function listService(root: string, name: string): Files {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const solution = JSON.parse(read('tsconfig.json'));
  const last = solution.references.findLastIndex(({ path }: { path: string }) =>
    path.startsWith('services/'),
  );
  solution.references.splice(last + 1, 0, { path: `services/${name}` });
  return {
    [compose]: read(compose).replace(
      /^ {2}databases:$/m,
      (next) => `${entry(name, freePort(read(compose)))}\n${next}`,
    ),
    [targets]: `${read(targets)}- { targets: ['${name}:8080'], labels: { job: ${name} } }\n`,
    'tsconfig.json': JSON.stringify(solution),
  };
}

/** The same lists without the service `name`. */
export function unlistService(root: string, name: string): Files {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const solution = JSON.parse(read('tsconfig.json'));
  solution.references = solution.references.filter(
    ({ path }: { path: string }) => path !== `services/${name}`,
  );
  return {
    [compose]: read(compose).replace(new RegExp(`^  ${name}:\\n( {4}.*\\n)+\\n?`, 'm'), ''),
    [targets]: read(targets).replace(new RegExp(`^- .*labels: { job: ${name} }.*\\n`, 'm'), ''),
    'tsconfig.json': JSON.stringify(solution),
  };
}

/** Whether its part in docker-compose.yml is as `listService` writes it; of one that has none, too. */
export function isAsListed(root: string, name: string): boolean {
  const text = readFileSync(join(root, compose), 'utf8');
  const [port] =
    new RegExp(`(?<=^  ${name}:\\n( {4}.*\\n)*.*EVERYHOP_PORTS:-40})\\d\\d(?=:8080)`, 'm').exec(text) ?? [];
  return !isListed(root, name) || (port !== undefined && text.includes(`\n${entry(name, port)}\n`));
}

function freePort(compose: string): string {
  const published = [...compose.matchAll(/\$\{EVERYHOP_PORTS:-40\}(\d\d):/g)].map(([, offset]) =>
    Number(offset),
  );
  const taken = new Set([...reserved, ...published]);
  for (let offset = 5; offset < 100; offset++) if (!taken.has(offset)) return String(offset).padStart(2, '0');
  throw new Error(`${compose} has no port left: free one.`);
}

const entry = (name: string, port: string) => `  ${name}:
    <<: *service
    command: [services/${name}/dist/main.js]
    ports: ['127.0.0.1:\${EVERYHOP_PORTS:-40}${port}:8080']
    environment:
      <<: *environment
      OTEL_SERVICE_NAME: ${name}
      DATABASE_URL: postgres://everyhop:everyhop@postgres:5432/${name}
`;
