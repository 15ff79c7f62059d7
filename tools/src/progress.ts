import { styleText } from 'node:util';
import { Listr } from 'listr2';
import type { Change } from './stack/supervised.ts';

/** Shows how far the start is. */
export interface Progress {
  report(change: Change): void;
  /** The start is over: what is reported from now on is a line of its own. */
  end(): Promise<void>;
}

/** Shows the components `names` on a terminal as lines that change; elsewhere as lines that follow each other. */
export function showProgress(names: string[]): Progress {
  const since = Date.now();
  const lines = oneByOne(since);
  if (!process.stdout.isTTY) return { report: lines, end: async () => undefined };
  const live = changing(names, since);
  let report = live.report;
  const end = () => {
    report = lines;
    return live.end();
  };
  return { report: (change) => report(change), end };
}

function oneByOne(since: number): (change: Change) => void {
  const last = new Map<string, string>();
  return (change) => {
    // A download reports each percent.
    const line = `${change.state} ${change.detail?.replace(/, \d+ %$/, '')}`;
    const isNews = change.detail !== undefined || change.state === 'ready' || change.state === 'done';
    if (isNews && line !== last.get(change.name)) console.log(describe(change, since));
    last.set(change.name, line);
  };
}

function changing(names: string[], since: number): Progress {
  const ends = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  const retitle = new Map<string, (title: string) => void>();
  const tasks = names.map((name) => ({
    title: name,
    task: (_: unknown, task: { title: string | undefined }) => {
      retitle.set(name, (title) => (task.title = title));
      return ends.get(name)!.promise;
    },
  }));
  const list = new Listr(tasks, { concurrent: true, exitOnError: false, registerSignalListeners: false });
  const ended = list.run();
  return {
    report(change) {
      retitle.get(change.name)?.(describe(change, since));
      const { resolve, reject } = ends.get(change.name)!;
      if (change.state === 'ready' || change.state === 'done') resolve();
      if (change.state === 'failed') reject(new Error(describe(change, since)));
    },
    async end() {
      for (const { resolve } of ends.values()) resolve();
      await ended;
    },
  };
}

function describe({ name, state, detail, url }: Change, since: number): string {
  const seconds = ((Date.now() - since) / 1000).toFixed(1).padStart(5);
  const text = {
    preparing: detail ?? 'looking for what it needs',
    waiting: 'waiting for others',
    starting: detail ?? 'starting',
    ready: `${styleText('green', 'ready')} after ${seconds} s  ${url ?? ''}`,
    done: `${styleText('green', 'done')}  after ${seconds} s`,
    restarting: `${detail ?? ''}; starting it again`,
    stopped: detail ?? 'stopped',
    failed: `${styleText('red', 'failed')}: ${detail?.split('\n')[0]}`,
  }[state];
  return `${name.padEnd(10)} ${text}`;
}
