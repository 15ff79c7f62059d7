import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

// As RFC 9110 has it; Node's are older.
const titles: Record<number, string | undefined> = {
  ...STATUS_CODES,
  413: 'Content Too Large',
  422: 'Unprocessable Content',
};

/** What is wrong with one field, and where it is: in the body (JSON pointer), the path or query, or a header. */
export const FieldProblem = z.object({
  detail: z.string(),
  pointer: z.string().optional().describe('JSON pointer into the body, as URI fragment: #/lines/0/quantity'),
  parameter: z.string().optional().describe('name of a path or query parameter'),
  header: z.string().optional().describe('name of a header'),
});
export type FieldProblem = z.infer<typeof FieldProblem>;

/** The body of every error response, `application/problem+json`: RFC 9457. */
export const ProblemDetails = z.object({
  type: z.string().describe('URI of the kind of problem; about:blank when the status says it all'),
  title: z.string(),
  status: z.number(),
  detail: z.string().describe('a sentence for a person'),
  instance: z.string().describe('path of the request'),
  traceId: z.string().optional().describe('trace of the request, 32 hex digits'),
  errors: z.array(FieldProblem).optional().describe('the bad fields'),
});
export type ProblemDetails = z.infer<typeof ProblemDetails>;

/** What a thrower says of a problem; `title` is by default the status' phrase, `type` about:blank. */
export type ProblemOptions = Pick<ProblemDetails, 'status' | 'detail'> &
  Partial<Pick<ProblemDetails, 'type' | 'title' | 'errors'>> & { cause?: unknown };

/**
 * Throw it to answer a request with this problem; its text goes out to the client.
 *
 *     throw new Problem({ status: 404, detail: `There is no order ${orderId}.` });
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly errors: FieldProblem[] | undefined;

  constructor({
    status,
    detail,
    type = 'about:blank',
    title = titles[status] ?? 'Error',
    errors,
    cause,
  }: ProblemOptions) {
    super(detail, { cause });
    this.type = type;
    this.title = title;
    this.status = status;
    this.errors = errors;
  }
}
