import { rm, writeFile } from 'node:fs/promises';
import { readSettings } from '@everyhop/local';
import { endProcess } from './stack/end-process.ts';
import { type ComponentRecord, isSupervised, readRecord } from './stack/record.ts';
import { holdFile } from './stack/state-folder.ts';

/** `./dev stop NAME`: ends one component, which is not started again until `./dev start NAME`. */
export async function stop([name = '']: string[]): Promise<number> {
  const { state } = readSettings();
  const component = running(state, name);
  await writeFile(holdFile(state, name), '');
  if (component.process) await endProcess(component.process);
  console.log(`${name} is stopped; ./dev start ${name} starts it again.`);
  return 0;
}

/** `./dev start NAME`: lets a component that was stopped run again. */
export async function start([name = '']: string[]): Promise<number> {
  const { state } = readSettings();
  running(state, name);
  await rm(holdFile(state, name), { force: true });
  console.log(`${name} starts; ./dev status shows how it is.`);
  return 0;
}

function running(state: string, name: string): ComponentRecord {
  const record = readRecord(state);
  if (!record || !isSupervised(record)) throw new Error('Everyhop does not run: start it with ./dev up.');
  const component = record.components[name];
  const names = Object.entries(record.components).flatMap(([known, { state }]) =>
    state === 'done' ? [] : known,
  );
  if (!component || component.state === 'done')
    throw new Error(`Name one of ${names.join(', ')}${name && `: there is no "${name}"`}.`);
  return component;
}
