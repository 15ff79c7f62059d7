import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlreadyRunning } from './errors.ts';
import { identify, isRunning, type ProcessId } from './process-table.ts';

/** How far a component is. */
export type State =
  'preparing' | 'waiting' | 'starting' | 'ready' | 'done' | 'restarting' | 'stopped' | 'failed';

/** A component as it was last seen by the process that looks after it. */
export interface ComponentRecord {
  state: State;
  /** What is being done, or why it failed. */
  detail?: string;
  url?: string;
  /** The running process, or the command that prepares it. */
  process?: ProcessId;
  /** How often it crashed and was started again. */
  restarts: number;
}

/** What runs in a state folder, kept on disk so that other commands, and a later run, know it. */
export interface StackRecord {
  supervisor: ProcessId;
  portBase: number;
  components: Record<string, ComponentRecord>;
}

const path = (state: string) => join(state, 'stack.json');

/** The record in the folder `state`; undefined when nothing was started there, or all of it was stopped in order. */
export function readRecord(state: string): StackRecord | undefined {
  try {
    return JSON.parse(readFileSync(path(state), 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw error;
  }
}

/** Whether the process that looks after the recorded stack is alive. */
export const isSupervised = (record: StackRecord): boolean => isRunning(record.supervisor);

/** Claims the folder `state` for a stack of this process; throws `AlreadyRunning` when there is a record already. */
export function createRecord(state: string, portBase: number): StackRecord {
  const record = { supervisor: identify(process.pid)!, portBase, components: {} };
  const draft = `${path(state)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(record));
  try {
    // Whole, or not at all: others may read it at any time.
    linkSync(draft, path(state));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new AlreadyRunning(readRecord(state)?.supervisor.pid);
  } finally {
    rmSync(draft);
  }
  return record;
}

/** Replaces the record, so that readers see the old or the new one. */
export function writeRecord(state: string, record: StackRecord): void {
  const draft = `${path(state)}.new`;
  writeFileSync(draft, JSON.stringify(record, null, 2));
  renameSync(draft, path(state));
}

/** Nothing of this stack runs any more. */
export const removeRecord = (state: string): void => rmSync(path(state), { force: true });
