import { format } from 'prettier';
import type { Machine } from './machine.ts';

/** Some rounds in short. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** What a bench has found, and where. */
export interface Report {
  bench: string;
  /** ISO 8601. */
  at: string;
  quick: boolean;
  machine: Machine;
  /** Average number of processes that wanted to run in the minute before; more than there are cores blurs everything. */
  load: number;
  question: string;
  rounds: number;
  contenders: { name: string; figures: Record<string, Summary> }[];
  /** For each compared figure, the first contender's divided by each one's, round by round. */
  ratios: Record<string, Summary[]>;
}

/** A report as a table in Markdown, which can also be read as it is. */
export function asMarkdown(report: Report): Promise<string> {
  const { question, contenders, ratios, rounds, machine, load, at } = report;
  const figures = [...new Set(contenders.flatMap((one) => Object.keys(one.figures)))];
  const first = contenders[0]!.name;
  const rows = [
    ['', ...contenders.map(({ name }) => name)],
    ['---', ...contenders.map(() => '---:')],
    ...figures.map((figure) => [figure, ...contenders.map((one) => show(one.figures[figure]))]),
    ...Object.entries(ratios).map(([figure, all]) => [
      `**${first} ÷ it**, ${figure}`,
      ...all.map((ratio, index) => (index === 0 ? '' : show(ratio))),
    ]),
  ];
  const { cpu, cores, memoryGb, system, node } = machine;
  const lines = [
    `${question} Median${rounds > 1 ? ` (smallest to largest) of ${rounds} rounds` : ' of one round'}:`,
    '',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    `\`./dev bench ${report.bench}${report.quick ? ' --quick' : ''}\`, ${at.slice(0, 16).replace('T', ' ')} UTC; ` +
      `${cores} × ${cpu}, ${memoryGb} GB, ${system}, Node ${node}; load before: ${load.toFixed(1)}`,
  ];
  return format(lines.join('\n'), { parser: 'markdown' });
}

function show(summary: Summary | undefined): string {
  if (!summary) return '';
  const { median, min, max } = summary;
  return min === max ? number(median) : `${number(median)} (${number(min)} to ${number(max)})`;
}

/** Three digits say enough. */
function number(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en', { maximumSignificantDigits: 3 });
}
