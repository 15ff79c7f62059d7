import type { Flows } from '../flows/read-flows.ts';
import type { EventSchema } from '../schemas.ts';
import { originsOf, qualifiedId } from './flowchart.ts';

interface Node {
  name: string;
  isEvent: boolean;
  column: number;
  row: number;
}

const [columnWidth, rowHeight, boxWidth, boxHeight] = [230, 44, 190, 28];

/** Which event leads to which, from left to right, as an SVG image; each event links to `#` and its name. */
export function renderPicture(events: readonly EventSchema[], flows: Flows): string {
  const edges = edgesOf(events, flows);
  const nodes = place(edges, new Set(events.map(({ schema }) => schema.name)));
  const of = (name: string) => nodes.get(name)!;
  const all = [...nodes.values()];
  const size = (places: number[], step: number) => (Math.max(0, ...places) + 1) * step;
  const width = size(
    all.map(({ column }) => column),
    columnWidth,
  );
  const height = size(
    all.map(({ row }) => row),
    rowHeight,
  );
  const lines = edges.map(([from, to]) => `<path d="${curve(of(from), of(to))}"/>`);
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="What follows from what">
${lines.join('\n')}
${all.map(box).join('\n')}
</svg>`;
}

function edgesOf(events: readonly EventSchema[], flows: Flows): [string, string][] {
  const origins = events.flatMap(({ schema: { name } }) =>
    originsOf(name, flows).map((service): [string, string] => [service, name]),
  );
  const steps = flows.handlers.flatMap((handler): [string, string][] => {
    const id = qualifiedId(handler);
    return [[handler.on, id], ...handler.publishes.map((name): [string, string] => [id, name])];
  });
  return [...origins, ...steps];
}

/** Each node one column after the last of those before it; what leads back, which is an error, stays where it is. */
function place(edges: [string, string][], events: Set<string>): Map<string, Node> {
  const columns = new Map<string, number>();
  const visit = (name: string, column: number, way: readonly string[]) => {
    if (way.includes(name) || (columns.get(name) ?? -1) >= column) return;
    columns.set(name, column);
    for (const [from, to] of edges) if (from === name) visit(to, column + 1, [...way, name]);
  };
  const targets = new Set(edges.map(([, to]) => to));
  for (const [from] of edges) if (!targets.has(from)) visit(from, 0, []);
  // Those of a circle that nothing leads to.
  for (const [from] of edges) if (!columns.has(from)) visit(from, 0, []);
  const filled = new Map<number, number>();
  return new Map(
    [...columns].map(([name, column]) => {
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      return [name, { name, isEvent: events.has(name), column, row }];
    }),
  );
}

const left = ({ column }: Node) => column * columnWidth + 1;
const middle = ({ row }: Node) => row * rowHeight + rowHeight / 2;

function curve(from: Node, to: Node): string {
  const [x1, y1, x2, y2] = [left(from) + boxWidth, middle(from), left(to), middle(to)];
  const bend = (x1 + x2) / 2;
  return `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
}

function box(node: Node): string {
  const { name, isEvent } = node;
  const [x, y] = [left(node), middle(node)];
  const radius = isEvent ? 3 : boxHeight / 2;
  const shape = `<rect x="${x}" y="${y - boxHeight / 2}" width="${boxWidth}" height="${boxHeight}" rx="${radius}"/>`;
  const text = `<text x="${x + boxWidth / 2}" y="${y + 4}">${name}</text>`;
  return isEvent ? `<a href="#${name}" class="event">${shape}${text}</a>` : shape + text;
}
