import type { Flows } from '../flows/read-flows.ts';
import { fullName, type EventSchema } from '../schemas.ts';
import { fieldRows } from './fields.ts';
import { originsOf, qualifiedId } from './flowchart.ts';
import { renderPicture } from './picture.ts';

const style = `
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  code { font: 0.9em ui-monospace, monospace; }
  h2 { margin: 3rem 0 0.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
  h2 small { font-weight: normal; opacity: 0.7; }
  table { border-collapse: collapse; width: 100%; margin: 1rem 0; display: block; overflow-x: auto; }
  th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  ul.flow, ul.flow ul { list-style: none; padding-left: 1.4rem; border-left: 2px solid var(--line); }
  ul.flow li { margin: 0.2rem 0; }
  svg { max-width: 100%; height: auto; font: 13px system-ui, sans-serif; }
  svg path { fill: none; stroke: var(--line); stroke-width: 1.5; }
  svg rect { fill: var(--soft); stroke: var(--line); }
  svg text { fill: currentColor; text-anchor: middle; }
  svg a.event text { font-weight: 600; }
  input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.4rem 0.6rem; }
  a.event { background: var(--soft); border: 1px solid var(--line); border-radius: 0.3rem; padding: 0.1rem 0.4rem;
    text-decoration: none; color: inherit; font-weight: 600; }
`;

// Shows the events in which all of the words are, in any case.
const search = `
  const input = document.querySelector('input');
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\\s+/);
    for (const section of document.querySelectorAll('section'))
      section.hidden = !words.every((word) => section.textContent.toLowerCase().includes(word));
  });
`;

/**
 * The catalogue as an HTML page that needs nothing else: what follows from what, as a picture and in words, and each
 * event with its fields, to search in.
 */
export function renderPage(events: readonly EventSchema[], flows: Flows): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Events</title><style>${style}</style></head>
<body>
<h1>Events</h1>
<p>What the services tell each other, and what follows. As <a href="/asyncapi.json">AsyncAPI 3</a>.</p>
<h2>What follows from what</h2>
${renderPicture(events, flows)}
<ul class="flow">${events.flatMap((event) => origin(event, flows)).join('')}</ul>
<h2>All events</h2>
<input type="search" placeholder="Search: a name, a field, a service" aria-label="Search">
${events.map((event) => section(event, flows)).join('\n')}
<script>${search}</script>
</body>
</html>
`;
}

function origin({ schema: { name } }: EventSchema, flows: Flows): string[] {
  return originsOf(name, flows).map(
    (service) => `<li>${escape(service)} publishes ${link(name)}${follows(name, flows, [name])}</li>`,
  );
}

/** What an event leads to. The way so far ends those that lead back, which are errors and may be there all the same. */
function follows(event: string, flows: Flows, way: readonly string[]): string {
  const steps = flows.handlers
    .filter(({ on }) => on === event)
    .map((handler) => {
      const next = handler.publishes.map((name) => {
        const further = way.includes(name) ? '' : follows(name, flows, [...way, name]);
        return `<li>${link(name)}${further}</li>`;
      });
      const published = next.length > 0 ? ` publishes<ul>${next.join('')}</ul>` : '';
      return `<li><code>${escape(qualifiedId(handler))}</code>${published}</li>`;
    });
  return steps.length > 0 ? `<ul>${steps.join('')}</ul>` : '';
}

function section(event: EventSchema, { publishers, handlers }: Flows): string {
  const { name, doc = '', topic, key } = event.schema;
  const handledBy = handlers.filter(({ on }) => on === name).map(qualifiedId);
  const rows = fieldRows(event.schema).map(
    ({ path, type, meaning }) =>
      `<tr><td><code>${escape(path)}</code></td><td>${escape(type)}</td><td>${escape(meaning)}</td></tr>`,
  );
  const file = `/${event.owner}/${event.folder}/v${event.version}.avsc`;
  return `<section><h2 id="${name}">${escape(fullName(event))} <small>version ${event.version}</small></h2>
<p>${escape(doc)}</p>
<p>Topic <code>${escape(topic)}</code>, key <code>${escape(key)}</code>, <a href="${file}">schema</a>.
Published by ${names(publishers.get(name) ?? [])}; handled by ${names(handledBy)}.</p>
<table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>${rows.join('')}</table></section>`;
}

const link = (name: string) => `<a class="event" href="#${name}">${escape(name)}</a>`;

const names = (list: readonly string[]) =>
  list.map((name) => `<code>${escape(name)}</code>`).join(', ') || 'nobody';

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
