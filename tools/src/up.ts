import { engineNames, everyhop, partsOf, portsFrom, readSettings } from '@everyhop/local';
import { order } from './order/command.ts';
import { type Progress, showProgress } from './progress.ts';
import { status } from './status.ts';
import { aborted } from './stack/aborted.ts';
import { hasPage } from './stack/jaeger-url.ts';
import { startInBackground } from './stack/start-in-background.ts';
import { missingIn, startMissing } from './stack/missing.ts';
import { isSupervised, readRecord, type StackRecord } from './stack/record.ts';
import { type Stack, startStack } from './stack/start-stack.ts';
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

/** `./dev up`: starts the system and places one order; of a system that runs it starts what is missing. */
export async function up({ detach, examples, observability, enginesOnly }: UpOptions): Promise<number> {
  const { portBase, state } = readSettings();
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
  const join = (running: StackRecord) =>
    again({ state, only, running, progress, report, signal, isTraced: () => isTraced });
  const running = supervisedIn(state);
  if (running) return join(running);
  const start = detach ? startInBackground : startStack;
  let stack: Stack | void;
  try {
    stack = await start({ only, report, signal }).finally(progress.end);
  } catch (error) {
    // Another one was faster; when our own start fails, nothing is left.
    const other = signal.aborted ? undefined : supervisedIn(state);
    if (!other) throw error;
    return join(other);
  }
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

/** The record of a system that runs and is looked after. */
function supervisedIn(state: string): StackRecord | undefined {
  const record = readRecord(state);
  return record && isSupervised(record) ? record : undefined;
}

interface Again {
  state: string;
  only: string[];
  running: StackRecord;
  progress: Progress;
  report: (change: Change) => void;
  signal: AbortSignal;
  isTraced: () => boolean;
}

/** Starts what is missing in a system that runs, and says what runs. */
async function again({ state, only, running, progress, report, signal, isTraced }: Again): Promise<number> {
  const componentsAt = (base: number) => everyhop(base, only);
  const missing = missingIn(running, componentsAt(running.portBase)).map(({ name }) => name);
  const what = missing.length > 0 ? `starting what is missing: ${missing.join(', ')}` : 'nothing is missing';
  console.log(`Everyhop runs already, looked after by process ${running.supervisor.pid}; ${what}.`);
  const options = { report, signal };
  await startMissing(state, running, componentsAt, options).catch(left).finally(progress.end);
  const code = missing.includes('shop') ? await welcome(running.portBase, false, isTraced) : await status({});
  console.log('\nIt goes on in the background: ./dev status, ./dev logs, ./dev down.');
  return code;

  function left(error: Error): never {
    throw signal.aborted ? new Error('It goes on in the background: ./dev status.') : error;
  }
}

const noTracesYet =
  'not of this order: Jaeger is not ready yet (./dev status). Orders placed from then on have them.';

const noPage = './dev trace ORDER-ID shows one here: this Jaeger was built without its page';

/** Shows that it works, and where to go on. */
async function welcome(
  portBase: number,
  isObserved: boolean | undefined,
  isTraced: () => boolean,
): Promise<number> {
  console.log('\nThe first order:\n');
  const code = await order({ count: 1 });
  const { shop, mail, jaeger, prometheus } = portsFrom(portBase);
  const page = `http://127.0.0.1:${jaeger}`;
  const traces = !isTraced() ? noTracesYet : (await hasPage(page)) ? page : noPage;
  console.log(`
  shop      http://127.0.0.1:${shop}/docs
  mails     http://127.0.0.1:${mail}
  traces    ${traces}${isObserved ? `\n  alerts    http://127.0.0.1:${prometheus}/alerts` : ''}

More orders: ./dev order --count 20`);
  return code;
}
