import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';
import { listPage, messagePage, pagePolicy, snippet } from './pages.ts';
import { search } from './search.ts';

/** Serves the mailbox: pages for people, and for programs the part of Mailpit's HTTP API that reads mail. */
export async function serveMail(mailbox: Mailbox, host: string, port: number) {
  const server = createServer((request, response) => answer(mailbox, request, response));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(mailbox: Mailbox, request: IncomingMessage, response: ServerResponse): void {
  const url = URL.parse(request.url ?? '/', 'http://mail-sink');
  if (!url) return send(response, 400, 'text/plain', 'That is no address.\n');
  const [, route, id = ''] = /^(\/api\/v1\/message\/|\/view\/)([^/]+)$/.exec(url.pathname) ?? [
    null,
    url.pathname,
  ];
  const message = id && mailbox.get(id);

  if (request.method !== 'GET')
    return send(response, 405, 'text/plain', 'Only GET: the mail sink is read-only.\n');
  if (route === '/livez') return send(response, 200, 'text/plain', 'ok');
  if (route === '/api/v1/messages') return json(response, summaries(mailbox, mailbox.messages, url));
  if (route === '/api/v1/search') {
    return json(
      response,
      summaries(mailbox, search(mailbox.messages, url.searchParams.get('query') ?? ''), url),
    );
  }
  if (route === '/api/v1/message/' && message) return json(response, message);
  if (route === '/view/' && message) {
    return send(response, 200, 'text/html', messagePage(message, mailbox.timesReceived(message)));
  }
  if (route === '/') {
    const page = listPage(mailbox.messages, (each) => mailbox.timesReceived(each));
    return send(response, 200, 'text/html', page);
  }
  send(response, 404, 'text/plain', id ? `No mail has the ID ${id}.\n` : 'No such page; start at /.\n');
}

function summaries(mailbox: Mailbox, messages: readonly Message[], { searchParams }: URL) {
  const start = Number(searchParams.get('start')) || 0;
  const limit = Number(searchParams.get('limit')) || 50;
  return {
    total: mailbox.messages.length,
    messages_count: messages.length,
    start,
    messages: messages.slice(start, start + limit).map(({ Text: _text, HTML: _html, ...message }, index) => ({
      ...message,
      Attachments: message.Attachments.length,
      Snippet: snippet(messages[start + index]!),
    })),
  };
}

function json(response: ServerResponse, body: unknown): void {
  send(response, 200, 'application/json', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': pagePolicy,
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
