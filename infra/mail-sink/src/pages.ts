import type { MailAddress, Message } from './message.ts';

/** What a page may load: its own styles and pictures written into the mail; no script, nothing from elsewhere. */
export const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'";

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem } a { color: inherit }
  table { width: 100%; border-collapse: collapse }
  td, th { padding: .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid #8884 }
  td:last-child, small { opacity: .7 } td:last-child { white-space: nowrap }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem } dt { opacity: .7 } dd { margin: 0 }
  mark { padding: 0 .4rem; border-radius: .5rem; background: #b45309; color: #fff; font-size: .8rem }
  iframe { width: 100%; height: 60vh; border: 1px solid #8884; background: #fff; resize: vertical }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid #8884 }`;

/** The mails, newest first; refreshes itself. */
export function listPage(messages: readonly Message[], timesReceived: (message: Message) => number): string {
  const rows = messages.map(
    (message) => `<tr>
      <td>${written(message.To)}</td>
      <td><a href="/view/${message.ID}">${escape(message.Subject || '(no subject)')}</a>
        ${repeated(timesReceived(message))}<br><small>${escape(snippet(message))}</small></td>
      <td>${time(message.Created)}</td></tr>`,
  );
  const table = `<table><tr><th>To<th>Subject<th>Received</tr>${rows.join('')}</table>`;
  return page(
    'Mail sink',
    rows.length ? table : '<p>No mail yet.</p>',
    '<meta http-equiv="refresh" content="5">',
  );
}

/** One mail: its headers, its HTML in a frame that runs no script, its text. */
export function messagePage(message: Message, timesReceived: number): string {
  const facts = {
    From: written([message.From]),
    To: written(message.To),
    ...(message.Cc.length && { Cc: written(message.Cc) }),
    Received: `${time(message.Created)} ${repeated(timesReceived)}`,
    'Message-ID': escape(message.MessageID),
    ...(message.Attachments.length && {
      Attachments: escape(
        message.Attachments.map(({ FileName, ContentType }) => FileName || ContentType).join(', '),
      ),
    }),
  };
  const frame = `<iframe title="HTML body" sandbox="allow-popups allow-popups-to-escape-sandbox"
    srcdoc="${escape(`<base target="_blank">${message.HTML}`)}"></iframe>`;
  const body = `<p><a href="/">All mails</a></p><h1>${escape(message.Subject || '(no subject)')}</h1>
    <dl>${Object.entries(facts)
      .map(([name, value]) => `<dt>${name}<dd>${value}`)
      .join('')}</dl>
    ${message.HTML ? frame : ''}<pre>${escape(message.Text)}</pre>`;
  return page(message.Subject, body);
}

/** The first 250 characters of a mail's text on one line. */
export function snippet({ Text }: Message): string {
  return Text.replace(/\s+/g, ' ').trim().slice(0, 250);
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
    <meta name="viewport" content="width=device-width">${head}<style>${style}</style><body>${body}</body></html>`;
}

function repeated(times: number): string {
  return times > 1 ? `<mark>received ${times} times</mark>` : '';
}

function written(addresses: MailAddress[]): string {
  return escape(addresses.map(({ Name, Address }) => (Name ? `${Name} <${Address}>` : Address)).join(', '));
}

function time(at: Date): string {
  return `<time datetime="${at.toISOString()}">${at.toISOString().replace('T', ' ').slice(0, 19)} UTC</time>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
