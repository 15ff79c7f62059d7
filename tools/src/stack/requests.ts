import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const pauseMs = 200;

const folderIn = (state: string) => join(state, 'start');

/** Asks whoever looks after the stack in `state` to start the components `names`; returns whether it has not yet. */
export function requestStart(state: string, names: string[]): () => boolean {
  const draft = join(state, `start-${process.pid}`);
  const request = join(folderIn(state), String(process.pid));
  writeFileSync(draft, JSON.stringify(names));
  renameSync(draft, request);
  return () => existsSync(request);
}

/** Calls `start` with what is asked for, one request after the other, until the function that it returns is called. */
export function takeRequests(state: string, start: (names: string[]) => Promise<void>): () => void {
  const folder = folderIn(state);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    try {
      for (const name of readdirSync(folder)) {
        const request = join(folder, name);
        await start(JSON.parse(readFileSync(request, 'utf8')));
        rmSync(request);
      }
    } catch (error) {
      // Who deletes the folder asks for nothing; what runs goes on.
      console.error((error as Error).message);
    }
    busy = false;
  };
  // Folders that are shared with another system, as in WSL, tell nobody of changes.
  const timer = setInterval(() => void look(), pauseMs).unref();
  return () => clearInterval(timer);
}
