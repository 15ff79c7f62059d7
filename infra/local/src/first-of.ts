/** What the first of `sources` that works gives; rejects with the reasons of all of them when none does. */
export async function firstOf<R>(...sources: (() => Promise<R>)[]): Promise<R> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      return await source();
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new Error(reasons.join('; '));
}
