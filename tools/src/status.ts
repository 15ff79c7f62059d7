import { styleText } from 'node:util';
import { everyhop, readSettings, serviceNames } from '@everyhop/local';
import { describeCounts, failedCounts, type FailedCounts } from './parked/counts.ts';
import { isRunning, residentMb, treeOf } from './stack/process-table.ts';
import { isSupervised, readRecord, type StackRecord } from './stack/record.ts';

interface Row {
  name: string;
  /** As its supervisor knows it, but `unhealthy` when it does not answer and `gone` when its process is not there. */
  state: string;
  /** What it is doing, or what went wrong, while it is not ready. */
  detail: string | null;
  url: string | null;
  /** Of a service that answers. */
  failed: FailedCounts | null;
  pid: number | null;
  /** Resident memory in MiB, its children included, shared pages counted once. */
  rssMb: number | null;
}

/** `./dev status`: every process of the system, asked just now. */
export async function status({ json }: { json?: boolean }): Promise<number> {
  const record = readRecord(readSettings().state);
  const rows = record ? await look(record) : [];
  if (json) console.log(JSON.stringify(rows));
  else if (!record) console.log('Nothing runs. Start the system with ./dev up.');
  else print(rows, record);
  return 0;
}

async function look({ supervisor, portBase, components }: StackRecord): Promise<Row[]> {
  const lasting = everyhop(portBase, Object.keys(components)).filter(
    ({ name, health }) => health && components[name],
  );
  const rows = lasting.map(async ({ name, health }) => {
    const { state, detail = null, url = null, process } = components[name]!;
    if (!process || !isRunning(process))
      return {
        name,
        state: state === 'ready' ? 'gone' : state,
        detail,
        url,
        failed: null,
        pid: null,
        rssMb: null,
      };
    const answers =
      state !== 'ready' ||
      (await health!().then(
        () => true,
        () => false,
      ));
    const isService = serviceNames.includes(name) && state === 'ready' && answers;
    return {
      name,
      state: answers ? state : 'unhealthy',
      detail,
      url,
      failed: isService ? await failedCounts(url!).catch(() => null) : null,
      pid: process.pid,
      rssMb: residentMb(treeOf(process)),
    };
  });
  const lives = isRunning(supervisor);
  const own = {
    name: 'supervisor',
    state: lives ? 'ready' : 'gone',
    detail: null,
    url: null,
    failed: null,
    pid: lives ? supervisor.pid : null,
    rssMb: lives ? residentMb([supervisor]) : null,
  };
  return [...(await Promise.all(rows)), own];
}

function print(rows: Row[], record: StackRecord): void {
  for (const { name, state, detail, url, failed, pid, rssMb } of rows) {
    const colour = state === 'ready' ? 'green' : 'yellow';
    const numbers = `${pid ?? ''}`.padStart(8) + `${rssMb === null ? '' : `${rssMb} MiB`}`.padStart(10);
    const problem = failed && describeCounts(failed);
    const more = problem ? `  ${styleText('yellow', problem)}: ./dev parked ${name}` : '';
    console.log(
      `${name.padEnd(10)} ${styleText(colour, state.padEnd(10))}${numbers}  ${detail?.split('\n')[0] ?? url ?? ''}${more}`.trimEnd(),
    );
  }
  const total = rows.reduce((sum, { rssMb }) => sum + (rssMb ?? 0), 0);
  console.log(`${`${total} MiB`.padStart(39)}  together`);
  if (!isSupervised(record)) console.log('Nobody looks after them any more: ./dev down cleans up.');
}
