import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readSettings, root } from './settings.ts';

test('without settings the system lives in the repository and the user’s cache', () => {
  expect(readSettings({})).toEqual({
    portBase: 4000,
    state: join(root, '.everyhop'),
    cache: expect.stringMatching(/\/\.cache\/everyhop$/),
  });
});

test('each setting moves what it names', () => {
  const env = { EVERYHOP_PORT_BASE: '5100', EVERYHOP_STATE: '/tmp/second', EVERYHOP_CACHE: '/tmp/cache' };
  expect(readSettings(env)).toEqual({ portBase: 5100, state: '/tmp/second', cache: '/tmp/cache' });
  expect(readSettings({ XDG_CACHE_HOME: '/tmp/xdg' }).cache).toBe('/tmp/xdg/everyhop');
});

test.each(['80', '65500', 'many', '4000.5'])('a port base of %s is refused with a sentence', (base) => {
  expect(() => readSettings({ EVERYHOP_PORT_BASE: base })).toThrow(
    `EVERYHOP_PORT_BASE is "${base}"; give a whole number from 1024 to 65400.`,
  );
});
