import type { LoggerService } from '@nestjs/common';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from './logger.ts';

/** What Nest says while it is put together, on `logger`: only what is wrong is worth a line. */
export function startupLogger(logger: Logger): LoggerService {
  const all = new NestLogger(logger as never, {});
  return { log() {}, warn: all.warn.bind(all), error: all.error.bind(all), fatal: all.fatal.bind(all) };
}
