import { brokenFlows } from './flows/flow-rules.ts';
import { render } from './generate.ts';

/**
 * One sentence for each generated file that is not what schemas and code say, or else for each event that leads
 * nowhere, comes from nowhere or comes back to itself; none when all is well. Throws the sentences of schemas that
 * break the rules.
 */
export async function check(root: string): Promise<string[]> {
  const { events, flows, outdated, orphaned } = await render(root);
  const stale = [
    ...outdated.map(
      (path) => `${path} is not what schemas and services say: run ./dev events generate and commit it.`,
    ),
    ...orphaned.map((path) => `${path} belongs to no schema: run ./dev events generate and commit it.`),
  ];
  return [...stale, ...brokenFlows(events, flows)];
}
