import { render } from './generate.ts';

/** One sentence for each generated file that is not what schemas and code say; none when all is well. */
export async function check(root: string): Promise<string[]> {
  const { outdated, orphaned } = await render(root);
  return [
    ...outdated.map(
      (path) => `${path} is not what the schemas say: run ./dev events generate and commit it.`,
    ),
    ...orphaned.map((path) => `${path} belongs to no schema: run ./dev events generate and commit it.`),
  ];
}
