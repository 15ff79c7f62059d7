import { newEvent } from '../src/new/event.ts';
import { pretty } from '../src/new/files.ts';
import { finish } from '../src/new/finish.ts';
import { newHandler } from '../src/new/handler.ts';
import { newService } from '../src/new/service.ts';

/** What `./dev new` does, for `nx g @everyhop/tools:service` and its like, `--dry-run` included. */
const generator = (plan) => async (tree, options) => {
  const files = await pretty(plan(tree.root, options));
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return () => finish(tree.root, files);
};

export const service = generator(newService);
export const handler = generator(newHandler);
export const event = generator(newEvent);
