import { json, type NextFunction, type Request, type Response } from 'express';
import { Problem } from './problem.ts';

const limit = 100_000;
const parse = json({ limit });

/** Reads JSON bodies of up to 100 kB; answers other types with 415, larger ones with 413, broken ones with 400. */
export function jsonBody(request: Request, response: Response, next: NextFunction): void {
  if (request.headers['content-length'] !== '0' && request.is('application/json') === false)
    return next(new Problem({ status: 415, detail: 'Send the body as application/json.' }));
  parse(request, response, (error?: { status: number; type: string; message: string }) => {
    next(error && new Problem({ status: error.status, detail: describe(error), cause: error }));
  });
}

function describe({ type, message }: { type: string; message: string }): string {
  if (type === 'entity.too.large') return `The body is larger than ${limit / 1000} kB.`;
  if (type === 'entity.parse.failed') return 'The body is not JSON.';
  return `The body can't be read: ${message}.`;
}
