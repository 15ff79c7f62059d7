import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { currentTraceId, setHttpRoute } from '@everyhop/telemetry';
import type { Request, Response } from 'express';
import { Problem, type ProblemDetails } from './problem.ts';
import { routeOf } from './routes.ts';

/** Answers whatever was thrown as problem details; what is not the client's doing is logged and not told. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response & { err?: Error }>();
    const { type, title, status, message, errors } = toProblem(thrown);
    if (status >= 500) {
      // The request's log line and its span then carry it.
      response.err = thrown as Error;
      trace.getActiveSpan()?.recordException(thrown as Error);
    }
    // Of what was answered before the router came to it, such as a bad body, nothing else knows where it belongs.
    setHttpRoute(routeOf(request)?.path);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body: ProblemDetails = {
      type,
      title,
      status,
      detail: message,
      instance: request.originalUrl.split('?')[0]!,
      traceId: currentTraceId(),
      errors,
    };
    response
      .writeHead(status, { 'content-type': 'application/problem+json; charset=utf-8' })
      .end(JSON.stringify(body));
  }
}

function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : 500;
  const detail =
    status < 500 ? (thrown as Error).message : 'Something went wrong here; the trace id leads to the cause.';
  return new Problem({ status, detail });
}
