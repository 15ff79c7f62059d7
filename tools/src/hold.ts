import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readSettings, serviceNames } from '@everyhop/local';
import { build } from './build.ts';
import { setup } from './setup.ts';
import { endProcess } from './stack/end-process.ts';
import { type ComponentRecord, isSupervised, readRecord } from './stack/record.ts';
import { startMore } from './stack/start-more.ts';
import { requestStart } from './stack/requests.ts';
import { holdFile } from './stack/state-folder.ts';
import { UsageError } from './usage-error.ts';

/** `./dev stop NAME`: ends one component, which is not started again until `./dev start NAME`. */
export async function stop(name: string): Promise<number> {
  const { state } = readSettings();
  const component = running(state, name);
  await writeFile(holdFile(state, name), '');
  if (component.process) await endProcess(component.process);
  console.log(`${name} is stopped; ./dev start ${name} starts it again.`);
  return 0;
}

/** `./dev start`: lets a component run again that was stopped, or that failed. */
export async function start(name: string): Promise<number> {
  const { state } = readSettings();
  const component = running(state, name);
  await rm(holdFile(state, name), { force: true });
  if (component.state === 'failed') requestStart(state, [name]);
  const what = component.state === 'ready' ? 'runs already' : 'starts';
  console.log(`${name} ${what}; ./dev status shows how it is.`);
  return 0;
}

/**
 * `./dev restart`: compiles what changed, creates the topics and schemas of new events, and ends a component, which its
 * supervisor starts again; with `inspect` a debugger can then be attached to it.
 */
export async function restart(name: string, { inspect }: { inspect?: boolean }): Promise<number> {
  const { state } = readSettings();
  const before = running(state, name);
  if (inspect && !serviceNames.includes(name))
    throw new UsageError(`A debugger can be attached to services only: ${serviceNames.join(', ')}.`);
  console.log(`Compiling what changed, and restarting ${name} …`);
  const failure = await build();
  if (failure) return failure;
  if (serviceNames.includes(name)) await setUpEvents(state);
  if (before.state === 'failed') {
    await startMore(state, { names: [name], report: ({ detail }) => detail && console.log(detail) });
  } else {
    if (before.process) await endProcess(before.process);
    await rm(holdFile(state, name), { force: true });
    for (let now = running(state, name); !isReadyAgain(now, before); now = running(state, name)) {
      if (now.restarts > before.restarts + 1 || now.state === 'failed')
        throw new Error(`${name} does not start: see ./dev logs ${name}.`);
      await delay(100);
    }
  }
  console.log(`${name} is ready again, with what was compiled.`);
  if (inspect) {
    // Node opens its inspector at this signal: https://nodejs.org/api/process.html#signal-events
    process.kill(running(state, name).process!.pid, 'SIGUSR1');
    console.log('A debugger can be attached at 127.0.0.1:9229, with chrome://inspect or an editor.');
  }
  return 0;
}

/** A new event needs its topic and its schema. Without the engines it is left out: a service starts without them. */
async function setUpEvents(state: string): Promise<void> {
  const { components } = readRecord(state)!;
  const away = ['kafka', 'registry'].filter((engine) => components[engine]?.state !== 'ready');
  if (away.length > 0)
    console.log(
      `Topics and schemas of new events wait for ./dev setup, as ${away.join(' and ')} can't be asked.`,
    );
  else if ((await setup('events')) !== 0)
    throw new Error('The topics and schemas could not be set up; nothing was restarted.');
}

const isReadyAgain = (now: ComponentRecord, before: ComponentRecord) =>
  now.state === 'ready' && now.process?.pid !== before.process?.pid;

function running(state: string, name: string): ComponentRecord {
  const record = readRecord(state);
  if (!record || !isSupervised(record)) throw new Error('Everyhop does not run: start it with ./dev up.');
  const component = record.components[name];
  const names = Object.entries(record.components).flatMap(([known, { state }]) =>
    state === 'done' ? [] : known,
  );
  if (!component || component.state === 'done')
    throw new UsageError(`Name one of ${names.join(', ')}: there is no "${name}".`);
  return component;
}
