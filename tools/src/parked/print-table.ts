import { styleText } from 'node:util';

/** Prints `rows` in columns under `head`; below each row what `details` gives for its index. */
export function printTable(
  head: string[],
  rows: string[][],
  details: (row: number) => string | undefined = () => undefined,
): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: string[]) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  console.log(styleText('bold', line(head).trimEnd()));
  for (const [index, row] of rows.entries()) {
    console.log(line(row).trimEnd());
    const more = details(index);
    if (more) console.log(more);
  }
}
