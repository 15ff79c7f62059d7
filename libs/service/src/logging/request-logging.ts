import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoggerModule } from 'nestjs-pino';
import { describeError } from './describe-error.ts';
import type { Logger } from './logger.ts';

type Request = IncomingMessage & { originalUrl?: string };

const path = ({ originalUrl, url }: Request) => (originalUrl ?? url)!.split('?')[0]!;
/** What is asked every few seconds. */
const routine = /^\/(health\/|metrics$)/;
const summary = (request: Request, response: ServerResponse) =>
  `${request.method} ${path(request)} ${response.statusCode}`;

/**
 * Logs one line a request, `POST /orders 201`, and puts Nest's own logger on `logger`. Of a request only method and
 * path are logged: query, headers, body and address may be personal data.
 */
export const requestLogging = (logger: Logger) =>
  LoggerModule.forRoot({
    pinoHttp: {
      logger,
      quietReqLogger: true,
      quietResLogger: true,
      genReqId: () => undefined as never,
      wrapSerializers: false,
      // Without `req` it would write out each whole request, and throw that away.
      serializers: { err: describeError, req: () => undefined },
      autoLogging: { ignore: (request) => routine.test(path(request)) },
      customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
      customSuccessMessage: summary,
      customErrorMessage: summary,
      customSuccessObject: (_request, _response, { responseTime }) => ({ responseTime }),
      customErrorObject: (_request, _response, err, { responseTime }) => ({ err, responseTime }),
    },
  });
