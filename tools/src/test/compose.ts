import { coreServices, engineAddresses, everyhop, portsFrom } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';
import { getJson } from '../order/shop-api.ts';
import { freePortBase } from '../stack/index.ts';
import { ComposeProject, type ComposeOptions } from './compose-project.ts';
import { runJest } from './jest.ts';
import { loseBroker } from './lose-broker.ts';
import { oneCheck, skipped, total, type Outcome } from './outcome.ts';

const observability = ['--profile', 'observability'];
const cluster = ['--env-file', 'infra/compose/cluster.env'];
const mailSink = ['--file', 'docker-compose.yml', '--file', 'infra/compose/local-mail.yml'];
const variants = {
  core: [],
  'all profiles': ['--profile', '*'],
  observability,
  cluster,
  'mail sink': mailSink,
};
const endToEnd = ['e2e/src/journey.e2e.ts', 'e2e/src/trace.e2e.ts'];

/**
 * Checks the compose files with all profiles; brings the system up, has orders pass through it, seen from outside:
 * journey, links, and the trace edge by edge; sees that Prometheus reads the services, and that they stop in order;
 * then the same with three brokers, of which one dies under load. What can't be done on this machine counts as
 * skipped. Leaves nothing that runs.
 */
export async function composeStage(options: ComposeOptions): Promise<Outcome> {
  const project = new ComposeProject(await freePortBase(7000, everyhop), options);
  if (!(await project.can('version', 'version'))) return skipped('there is no docker compose here');
  const outcomes: Outcome[] = [];
  for (const [name, flags] of Object.entries(variants)) {
    project.flags = flags;
    outcomes.push(await project.check(`files of ${name}`, 'config', '--quiet'));
  }
  if (!(await project.hasEngine())) return total([...outcomes, skipped('no Docker engine answers')]);

  // Mailpit takes part where its image can be had, else our own mail sink; the same goes for what only looks on.
  project.flags = observability;
  const missing: string[] = [];
  for (const name of ['mail', 'prometheus', 'grafana'])
    if (!(await project.can(`image of ${name}`, 'pull', '--quiet', '--policy', 'missing', name)))
      missing.push(name);
  const parts = (await project.output('parts', 'config', '--services')).trim().split('\n');
  const files = missing.includes('mail') ? mailSink : [];
  const leftOut = missing.filter((name) => name !== 'mail');
  for (const name of leftOut) outcomes.push(skipped(`the image of ${name} can't be had`));

  const runs = [
    {
      flags: [...files, ...observability],
      steps: [
        () => up(project, ...parts.filter((name) => !leftOut.includes(name))),
        () => journeyAndTrace(project, options),
        ...(leftOut.includes('prometheus') ? [] : [() => metrics(project)]),
        () => stopInOrder(project),
      ],
    },
    {
      flags: [...files, ...cluster],
      steps: [() => up(project), () => replicas(project), () => loseBroker(project, options.signal)],
    },
  ];
  try {
    for (const { flags, steps } of runs) {
      // Also what a run that was killed has left.
      await project.down();
      project.flags = flags;
      outcomes.push(await untilFailure(project, steps));
    }
  } finally {
    await project.down();
  }
  return total(outcomes);
}

/** The steps up to the first that fails; then the last lines of all containers are printed. */
async function untilFailure(project: ComposeProject, steps: (() => Promise<Outcome>)[]): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    const outcome = await step();
    outcomes.push(outcome);
    if (outcome.failed === 0) continue;
    console.error(await project.output('logs', 'logs', '--tail', '10'));
    break;
  }
  return total(outcomes);
}

const up = (project: ComposeProject, ...parts: string[]): Promise<Outcome> =>
  project.check('up', 'up', '--detach', '--wait', '--wait-timeout', '300', ...parts);

async function journeyAndTrace({ portBase }: ComposeProject, { logs, signal }: ComposeOptions) {
  const env = { ...engineAddresses(portBase), EVERYHOP_PORT_BASE: `${portBase}` };
  return runJest('compose', { files: endToEnd }, { logs, env, signal });
}

async function metrics({ portBase }: ComposeProject): Promise<Outcome> {
  const url = `http://127.0.0.1:${portsFrom(portBase).prometheus}/api/v1/query?query=sum(up)`;
  const haveAll = async () => {
    const { data } = await getJson(url);
    return Number(data.result[0]?.value[1]) === coreServices.length;
  };
  const read = waitUntil('Prometheus has read all services', haveAll, { timeoutMs: 60_000 });
  return oneCheck('compose: metrics', await read.catch(() => false));
}

/** Whether the signal reaches them, and they end by themselves: with 0, after they have finished what they had. */
async function stopInOrder(project: ComposeProject): Promise<Outcome> {
  await project.can('stop', 'stop', ...coreServices);
  const states = await project.output(
    'states',
    'ps',
    '--all',
    '--format',
    '{{.Service}} {{.ExitCode}}',
    ...coreServices,
  );
  const last = await project.output('last words', 'logs', '--no-log-prefix', '--tail', '1', ...coreServices);
  const ended = states
    .trim()
    .split('\n')
    .filter((line) => line.endsWith(' 0'));
  const said = last.split('\n').filter((line) => line.includes('"msg":"stopped"'));
  const isGood = ended.length === coreServices.length && said.length === coreServices.length;
  if (!isGood) console.error(`${states}${last}`);
  return oneCheck('compose: the services stop in order', isGood);
}

/** Whether each event is on three brokers, and two of them must have it before it counts as sent. */
async function replicas(project: ComposeProject): Promise<Outcome> {
  const describe = [
    'kafka-topics.sh',
    '--bootstrap-server',
    'kafka-2:9092',
    '--describe',
    '--topic',
    'shop.orders',
  ];
  const said = await project.output(
    'replicas',
    'exec',
    '-T',
    'kafka-2',
    `/opt/kafka/bin/${describe[0]}`,
    ...describe.slice(1),
  );
  const isGood = /ReplicationFactor: 3/.test(said) && /min\.insync\.replicas=2/.test(said);
  if (!isGood) console.error(said);
  return oneCheck('compose: three replicas, two in sync', isGood);
}
