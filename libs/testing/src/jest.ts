import { startEngines } from './start-engines.ts';

let stop: (() => Promise<void>) | undefined;

/** For Jest's `globalSetup` and its `globalTeardown`: the first call starts engines, the second one stops them. */
export default async function engines(): Promise<void> {
  if (!stop) stop = await startEngines();
  else await stop();
}
