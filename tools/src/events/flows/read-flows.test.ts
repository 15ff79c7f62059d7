import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFlows } from './read-flows.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'everyhop-flows-'))));
afterEach(() => rmSync(root, { recursive: true }));

/** Writes the files of services/billing; those named are what its main.ts imports. */
function billing(files: Record<string, string>): void {
  const imports = Object.keys(files).map((path) => `import './${path}';`);
  for (const [path, content] of Object.entries({ ...files, 'main.ts': imports.join('\n') }))
    write(path, content);
}

function write(path: string, content: string): void {
  const file = join(root, 'services/billing/src', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const imports = `
  import { InvoiceIssued, OrderPlaced } from '@everyhop/events';
  import { On } from '@everyhop/inbox';
  import { Job, Jobs } from '@everyhop/service';
`;
const handler = (body: string, decorator = `@On(OrderPlaced, { id: 'billing.issue-invoice' })`) => `
  ${imports}
  export class Invoicing {
    constructor(private readonly jobs: Jobs) {}
    ${decorator}
    async issueInvoice(order: OrderPlaced) { ${body} }
    async other() { return InvoiceIssued({}); }
  }
`;
const issueInvoice = { service: 'billing', id: 'billing.issue-invoice', on: 'OrderPlaced' };

test('a handler publishes what it returns', () => {
  billing({ 'invoicing.ts': handler('return InvoiceIssued({});') });

  const flows = readFlows(root);
  expect(flows.handlers).toEqual([{ ...issueInvoice, publishes: ['InvoiceIssued'] }]);
  expect([...flows.publishers]).toEqual([['InvoiceIssued', ['billing']]]);
});

test('what only others in its class publish is not from the handler, but from the service', () => {
  billing({ 'invoicing.ts': handler('return;') });

  const flows = readFlows(root);
  expect(flows.handlers).toEqual([{ ...issueInvoice, publishes: [] }]);
  expect([...flows.publishers.keys()]).toEqual(['InvoiceIssued']);
});

test('a handler publishes what the functions and the methods do that it calls', () => {
  billing({
    'a.ts': `import { issue } from './issue.ts'; ${handler('return issue(order);')}`,
    'b.ts': `import { Issuer } from './issue.ts'; ${imports}
      export class Drafts {
        constructor(private readonly issuer: Issuer) {}
        @On(OrderPlaced) async draft() { return this.issuer.issue(); }
      }`,
    'issue.ts': `${imports}
      const make = () => InvoiceIssued({});
      export function issue(order: OrderPlaced) { return make(); }
      export class Issuer { issue() { return make(); } }`,
  });

  expect(readFlows(root).handlers).toEqual([
    { ...issueInvoice, publishes: ['InvoiceIssued'] },
    { ...issueInvoice, id: 'Drafts.draft', publishes: ['InvoiceIssued'] },
  ]);
});

test('a handler publishes what the jobs do that it adds', () => {
  const job = `@Job('issue') async issue() { await this.outbox.transaction((tx) => tx.publish(InvoiceIssued({}))); }`;
  billing({
    'invoicing.ts': handler(`await this.jobs.add(tx, 'issue', {});`),
    'issue.ts': `${imports} export class Issue { ${job} }`,
  });

  expect(readFlows(root).handlers).toEqual([{ ...issueInvoice, publishes: ['InvoiceIssued'] }]);
});

test('an event that is imported under another name is known', () => {
  billing({
    'invoicing.ts': `
      import { InvoiceIssued as Issued, OrderPlaced as Placed } from '@everyhop/events';
      import { On as Handles } from '@everyhop/inbox';
      export class Invoicing { @Handles(Placed) async issue() { return Issued({}); } }`,
  });

  expect(readFlows(root).handlers).toEqual([
    { ...issueInvoice, id: 'Invoicing.issue', publishes: ['InvoiceIssued'] },
  ]);
});

test('what else @everyhop/events has to call is no event', () => {
  billing({
    'invoicing.ts': `
      import { InvoiceIssued, OrderPlaced, toHeaders } from '@everyhop/events';
      import { On } from '@everyhop/inbox';
      export class Invoicing { @On(OrderPlaced) async issue(_, { event }) { toHeaders(event); return InvoiceIssued({}); } }`,
  });

  expect(readFlows(root).handlers).toEqual([
    { ...issueInvoice, id: 'Invoicing.issue', publishes: ['InvoiceIssued'] },
  ]);
});

test('what the service does not import, such as its tests, does not count', () => {
  billing({});
  write('invoicing.test.ts', handler('return InvoiceIssued({});'));

  expect(readFlows(root)).toEqual({ publishers: new Map(), handlers: [] });
});
