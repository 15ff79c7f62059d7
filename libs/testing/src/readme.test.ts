import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { images } from './images.ts';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

test.each(['handler', 'outbox'])('the %s test in the README is one that is run', async (name) => {
  const example = await read(`../../service/src/examples/${name}.test.ts`);
  expect(await read('../README.md')).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
});

test('tests run on the versions of compose', async () => {
  const compose = await read('../../../docker-compose.yml');
  for (const image of Object.values(images)) expect(compose).toContain(`image: ${image}\n`);
});
