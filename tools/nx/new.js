import { registerHooks } from 'node:module';

// Like ./dev, from the sources of our libraries: they may not have been built.
registerHooks({
  resolve: (specifier, { conditions, ...context }, next) =>
    next(specifier, { ...context, conditions: ['everyhop-source', ...conditions] }),
});

/** What `./dev new` does, for `nx g @everyhop/tools:service` and its like, `--dry-run` included. */
const generator = (load) => async (tree, options) => {
  const { prettyFiles } = await import('../src/new/files.ts');
  const { finish } = await import('../src/new/finish.ts');
  const plan = await load();
  const files = await prettyFiles(plan(tree.root, options));
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return () => finish(tree.root, files);
};

export const service = generator(async () => (await import('../src/new/service.ts')).newService);
export const handler = generator(async () => (await import('../src/new/handler.ts')).newHandler);
export const event = generator(async () => (await import('../src/new/event.ts')).newEvent);
