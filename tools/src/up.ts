import { engineNames, everyhop, partsOf, portsFrom, readSettings } from '@everyhop/local';
import { order } from './order/command.ts';
import { showProgress } from './progress.ts';
import { aborted } from './stack/aborted.ts';
import { startInBackground } from './stack/start-in-background.ts';
import { startStack } from './stack/start-stack.ts';
import type { Change } from './stack/supervised.ts';

/** What `./dev up` is given. */
interface UpOptions {
  /** Whether it leaves the system running in the background, rather than stay until Ctrl-C. */
  detach?: boolean;
  /** Whether the services of the profile `examples` are in it. */
  examples?: boolean;
  /** Whether Prometheus watches it. */
  observability?: boolean;
  /** Whether only Kafka, the registry and PostgreSQL are started. */
  enginesOnly?: boolean;
}

/** `./dev up`: starts the system and places one order. */
export async function up({ detach, examples, observability, enginesOnly }: UpOptions): Promise<number> {
  const { portBase } = readSettings();
  const system = enginesOnly ? engineNames : everyhop(portBase).map(({ name }) => name);
  const only = [
    ...system,
    ...(examples ? partsOf('examples') : []),
    ...(observability ? ['prometheus'] : []),
  ];
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupt = () =>
    interruption.abort(new Error('The start was interrupted; nothing is left running.'));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, interrupt);
  // A terminal that was closed must not keep us from stopping everything.
  process.stdout.removeAllListeners('error').on('error', () => undefined);

  const progress = showProgress(everyhop(portBase, only).map(({ name }) => name));
  let isTraced = false;
  const report = (change: Change) => {
    if (change.name === 'jaeger') isTraced = change.state === 'ready';
    progress.report(change);
  };
  const start = detach ? startInBackground : startStack;
  const stack = await start({ only, report, signal }).finally(progress.end);
  const interrupted = aborted(signal).catch(() => 1);
  const code = enginesOnly
    ? 0
    : await Promise.race([welcome(portBase, observability, () => isTraced), interrupted]);
  if (!stack) {
    console.log('\nIt goes on in the background: ./dev status, ./dev logs, ./dev down.');
    return code;
  }
  console.log('\nCtrl-C stops everything.');
  await interrupted;
  console.log('Stopping …');
  await stack.stop();
  return 0;
}

const noTracesYet =
  'not of this order: Jaeger is not ready yet (./dev status). Orders placed from then on have them.';

/** Shows that it works, and where to go on. */
async function welcome(
  portBase: number,
  isObserved: boolean | undefined,
  isTraced: () => boolean,
): Promise<number> {
  console.log('\nThe first order:\n');
  const code = await order({ count: 1 });
  const { shop, mail, jaeger, prometheus } = portsFrom(portBase);
  console.log(`
  shop      http://127.0.0.1:${shop}/docs
  mails     http://127.0.0.1:${mail}
  traces    ${isTraced() ? `http://127.0.0.1:${jaeger}` : noTracesYet}${isObserved ? `\n  alerts    http://127.0.0.1:${prometheus}/alerts` : ''}

More orders: ./dev order --count 20`);
  return code;
}
