import type { Flows } from '../flows/read-flows.ts';
import { fullName, type EventSchema } from '../schemas.ts';
import { fieldRows } from './fields.ts';
import { renderFlowchart } from './flowchart.ts';

/** The Markdown page that lists every event: whose it is, where it goes, what it says and what follows from it. */
export function renderCatalogue(events: readonly EventSchema[], flows: Flows): string {
  return `# Events

The contracts between the services: \`<owner>/<event>/v<N>.avsc\`, where the owner is the service that publishes
the event. This page is generated from them and from the code of the services by \`./dev events generate\`; do not edit
it. The same is in [asyncapi.json](asyncapi.json), and \`./dev events serve\` shows it in a browser. How to change an
event: [evolution.md](../docs/evolution.md).

| Event | Owner | Topic | Key | Version | Published by | Handled by |
| --- | --- | --- | --- | --- | --- | --- |
${events.map((event) => overview(event, flows)).join('\n')}

\`\`\`mermaid
${renderFlowchart(events, flows)}
\`\`\`

Round are the services and their handlers, square the events.

${events.map((event) => details(event, flows)).join('\n\n')}
`;
}

function overview(event: EventSchema, { publishers, handlers }: Flows): string {
  const { name, topic, key } = event.schema;
  const anchor = fullName(event).replace('.', '').toLowerCase();
  const consumers = new Set(handlers.filter(({ on }) => on === name).map(({ service }) => service));
  const cells = [
    `[${name}](#${anchor})`,
    event.owner,
    topic,
    key,
    `${event.version}`,
    (publishers.get(name) ?? []).join(', '),
    [...consumers].join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function details(event: EventSchema, { handlers }: Flows): string {
  const { name, doc } = event.schema;
  const file = `${event.owner}/${event.folder}/v${event.version}.avsc`;
  const handled = handlers
    .filter(({ on }) => on === name)
    .map(({ service, id, publishes }) => {
      const what = publishes.length > 0 ? `, and publishes ${publishes.join(' and ')}` : '';
      return `- ${service} handles it as \`${id}\`${what}.`;
    });
  return `## ${fullName(event)}

${doc} Schema: [${file}](${file}).

${handled.join('\n')}

| Field | Type | Meaning |
| --- | --- | --- |
${fieldRows(event.schema)
  .map(({ path, type, meaning }) => `| \`${path}\` | ${type} | ${meaning} |`)
  .join('\n')}`;
}
