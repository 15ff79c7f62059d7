import { brokenFlows } from './flows/flow-rules.ts';
import { render } from './generate.ts';
import { folders } from './schemas.ts';

/**
 * One sentence for each generated file that is not what schemas and services below `root` say; when all are, for each
 * event that comes from nowhere or leads back to itself. None when all is well. Throws when schemas break the rules.
 */
export async function check(root: string): Promise<string[]> {
  const { events, flows, outdated, orphaned } = await render(root);
  const stale = [
    ...outdated.map(
      (path) => `${path} is not what schemas and services say: run ./dev events generate and commit it.`,
    ),
    ...orphaned.map((path) => `${path} belongs to no schema: run ./dev events generate and commit it.`),
  ];
  // Where there are only contracts, those who publish are elsewhere.
  const isWhole = folders(root, 'services').length > 0;
  return stale.length > 0 || !isWhole ? stale : brokenFlows(events, flows);
}
