import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { type Kysely, sql } from 'kysely';
import { Problem } from '../http/problem.ts';
import { Renderer, TooMuchToRender } from './renderer.ts';

/** Bytes of documents that are being read or sent at a time; more has to be asked for again. */
const mostBytes = 32 * 1024 * 1024;
const retryAfterSeconds = 5;

/** A document, as it is asked for. */
export interface DocumentRequest {
  /** Of what it shows; one that never changes. UUID. */
  id: string;
  /** For whoever saves it: `invoice-2026-000001.pdf`. */
  filename: string;
  /** What the script needs to render it; called once. */
  input(): Promise<unknown>;
}

/**
 * PDFs that are rendered when they are first asked for, by `script` in a thread of its own (see {@link Renderer}), and
 * kept in the table `documents (id, etag, content)`. So the event loop stays free for handlers, and who has a document
 * already costs one query.
 */
export class Documents {
  readonly #renderer: Renderer;
  readonly #rendering = new Map<string, Promise<Stored>>();
  #bytes = 0;

  constructor(
    private readonly db: Kysely<any>,
    script: URL,
  ) {
    this.#renderer = new Renderer(script);
  }

  /**
   * Answers with the document: 304 to who has it, else the PDF. Throws a 503 problem, with `Retry-After` set, when too
   * many wait, or when it could not be rendered.
   */
  async send(response: Response, request: DocumentRequest): Promise<void> {
    const { id, filename } = request;
    const { etag, length } = (await this.#find(id)) ?? (await this.#renderOnce(request, response));
    response.set('ETag', etag).set('Cache-Control', 'private, no-cache');
    if (response.req.fresh) return void response.status(304).end();
    // Who hung up meanwhile gets nothing, and will not say so again.
    if (response.destroyed) return;
    if (this.#bytes > 0 && this.#bytes + length > mostBytes)
      throw busy(response, 'Too many documents are being sent at the moment.');
    this.#bytes += length;
    response.once('close', () => (this.#bytes -= length));
    const { rows } = await sql<{ content: Buffer }>`select content from documents where id = ${id}`.execute(
      this.db,
    );
    response
      .type('application/pdf')
      .set('Content-Disposition', `inline; filename="${filename}"`)
      .send(rows[0]!.content);
  }

  /** Ends the thread that renders. */
  close(): Promise<void> {
    return this.#renderer.close();
  }

  async #find(id: string): Promise<Stored | undefined> {
    const { rows } = await sql<Stored>`
      select etag, length(content) as length from documents where id = ${id}`.execute(this.db);
    return rows[0];
  }

  /** All that ask for one document at the same time wait for the same rendering. */
  async #renderOnce(request: DocumentRequest, response: Response): Promise<Stored> {
    let rendering = this.#rendering.get(request.id);
    if (!rendering) {
      rendering = this.#render(request).finally(() => this.#rendering.delete(request.id));
      this.#rendering.set(request.id, rendering);
    }
    try {
      return await rendering;
    } catch (error) {
      if (error instanceof TooMuchToRender) throw busy(response, error.message);
      throw busy(response, 'The document could not be printed.', error);
    }
  }

  async #render({ id, input }: DocumentRequest): Promise<Stored> {
    const content = Buffer.from(await this.#renderer.render(await input()));
    const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
    await sql`
      insert into documents (id, etag, content) values (${id}, ${etag}, ${content})
      on conflict do nothing`.execute(this.db);
    // Another instance may have been first.
    return (await this.#find(id))!;
  }
}

interface Stored {
  etag: string;
  /** Bytes. */
  length: number;
}

function busy(response: Response, detail: string, cause?: unknown): Problem {
  response.set('Retry-After', String(retryAfterSeconds));
  return new Problem({ status: 503, detail: `${detail} Try again in a few seconds.`, cause });
}
