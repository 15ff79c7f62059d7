import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a page says its commands print, and what they have printed, each after its command. */
export interface Transcript {
  expected: string;
  actual: string;
}

/**
 * Does in the folder `root` what a page in Markdown shows, from top to bottom: runs what stands behind `$ ` in blocks
 * of ```console, and applies blocks of ```diff. Other blocks are left alone. Throws when a diff does not apply. Where
 * a command has an id that the page shows further up, it is given the one that was printed there instead.
 */
export function runPage(page: string, root: string, env: Record<string, string> = {}): Transcript {
  const transcript: Transcript = { expected: '', actual: '' };
  const ids = new Map<string, string>();
  for (const [, kind, content] of readFileSync(page, 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (kind === 'diff') applyDiff(content!, root);
    if (kind !== 'console') continue;
    for (const step of content!.split(/^\$ /m).filter(Boolean)) {
      const command = step.slice(0, step.indexOf('\n'));
      const output = run(
        command.replaceAll(id, (shown) => ids.get(shown) ?? shown),
        root,
        env,
      );
      const printed = output.match(id) ?? [];
      step.match(id)?.forEach((shown, index) => printed[index] && ids.set(shown, printed[index]));
      transcript.expected += `$ ${step}`;
      transcript.actual += `$ ${command}\n${output}`;
    }
  }
  return transcript;
}

const id = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g;

function run(command: string, root: string, env: Record<string, string>): string {
  // One pipe for both, so that their order is that of a terminal.
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return stdout;
}

function applyDiff(diff: string, root: string): void {
  const { status, stderr } = spawnSync('git', ['apply', '-'], { cwd: root, input: diff, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The page has a diff that does not apply: ${stderr}\n${diff}`);
}
