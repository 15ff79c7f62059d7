import { parseArgs, styleText } from 'node:util';
import { portsFrom, readSettings } from '@everyhop/local';
import { type Alert, alertsOf } from './prometheus-api.ts';

/** `./dev alerts [--json]`: what is wrong now, what that means, and where it is written what to do. */
export async function alerts(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const { prometheus } = portsFrom(readSettings().portBase);
  const all = await alertsOf(`http://127.0.0.1:${prometheus}`);
  all.sort((a, b) => a.activeAt.localeCompare(b.activeAt));
  if (values.json) for (const alert of all) console.log(JSON.stringify(alert));
  else console.log(all.map(describe).join('\n') || 'All is well.');
  return 0;
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
