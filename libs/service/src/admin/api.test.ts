import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProbe } from '../probe.fixture.ts';
import type { RunningService } from '../start-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startProbe([]);
});
afterAll(() => service.stop());

test('the admin API of every service is described, under a tag of its own', async () => {
  const { paths } = (await (await fetch(`${service.url}/docs/openapi.json`)).json()) as any;
  const operations = Object.entries<any>(paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, { tags }]) => `${method} ${path} ${tags}`),
  );
  expect(operations.sort()).toEqual([
    'get /admin/actions operations',
    'get /admin/log-level operations',
    'get /admin/parked operations',
    'get /admin/refused operations',
    'get /admin/replay operations',
    'get /admin/trail operations',
    'post /admin/parked/discard operations',
    'post /admin/parked/redrive operations',
    'post /admin/refused/discard operations',
    'post /admin/refused/redrive operations',
    'post /admin/replay operations',
    'post /admin/replay/{id}/cancel operations',
    'put /admin/log-level operations',
  ]);
  const names = paths['/admin/parked'].get.parameters.map(({ name }: { name: string }) => name);
  expect(names).toContain('handler');
  const { schema } = paths['/admin/parked/redrive'].post.requestBody.content['application/json'];
  expect(schema.required).toEqual(['by', 'why', 'filter']);
});
