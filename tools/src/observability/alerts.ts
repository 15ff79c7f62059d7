import { styleText } from 'node:util';
import { portsFrom, readSettings } from '@everyhop/local';
import { type Alert, alertsOf } from './prometheus-api.ts';

/**
 * `./dev alerts`: what is wrong now, what that means, and where it is written what to do. Resolves to 1 while something
 * fires.
 */
export async function alerts({ json }: { json?: boolean }): Promise<number> {
  const { prometheus } = portsFrom(readSettings().portBase);
  const all = await alertsOf(`http://127.0.0.1:${prometheus}`);
  all.sort((a, b) => a.activeAt.localeCompare(b.activeAt));
  if (json) for (const alert of all) console.log(JSON.stringify(alert));
  else console.log(all.map(describe).join('\n') || 'All is well.');
  return all.some(({ state }) => state === 'firing') ? 1 : 0;
}

function describe({ labels, annotations, state, activeAt }: Alert): string {
  const { alertname, severity } = labels;
  const seconds = Math.round((Date.now() - Date.parse(activeAt)) / 1000);
  const colour = state === 'firing' ? 'red' : 'yellow';
  return [
    `${styleText(colour, `${state} ${severity}`)}: ${alertname}, for ${seconds} s`,
    `  ${annotations.summary}`,
    `  ${annotations.runbook_url}`,
  ].join('\n');
}
