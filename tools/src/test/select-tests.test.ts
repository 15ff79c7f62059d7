import { expect, test } from '@jest/globals';
import { selectTests } from './select-tests.ts';

const files = ['tools/src/test/select-tests.test.ts', 'tools/src/test/run-command.test.ts'];

test('a filter that is part of a path selects all tests of those files', async () => {
  expect(await selectTests(files, 'Run-Command')).toEqual({ files: [files[1]] });
  expect(await selectTests(files, 'src/test/')).toEqual({ files });
});

test('any other filter selects by name: (this one), say', async () => {
  const { files: found, name } = await selectTests(files, 'BY NAME: (this one)');
  expect(found).toEqual([files[0]]);
  expect('any other filter selects by name: (this one), say').toMatch(new RegExp(name!, 'i'));
});

test('a filter that nothing matches selects nothing', async () => {
  expect(await selectTests(files, ['no', 'such', 'thing'].join('-'))).toMatchObject({ files: [] });
});
