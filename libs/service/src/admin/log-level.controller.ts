import type { Duration } from '@everyhop/telemetry';
import { toMs } from '@everyhop/telemetry/internal';
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { LogLevel, logLevels, type LogLevelState } from '../logging/log-level.ts';

const LogLevelRequest = z.strictObject({
  level: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`),
  for: z
    .string('must be text')
    .regex(/^\d{1,3}[smh]$/, 'must be a time such as 30s, 10m or 2h')
    .transform((span) => toMs(span as Duration))
    .optional()
    .describe('for how long; default: until it is set again, or the service starts again'),
});

const LogLevelView = z.object({
  level: z.enum(logLevels),
  configured: z.enum(logLevels).describe('what the settings say'),
  until: z.iso.datetime().nullable().describe('when it is as configured again; null: not by itself'),
});
type LogLevelView = z.infer<typeof LogLevelView>;

const view = ({ until, ...state }: LogLevelState): LogLevelView => ({
  ...state,
  until: until?.toISOString() ?? null,
});

/** How much the service logs. */
@ApiTags('operations')
@Controller('admin/log-level')
export class LogLevelController {
  constructor(private readonly logLevel: LogLevel) {}

  @Get()
  @ApiOperation({ summary: 'From which level up the service logs' })
  @ApiOkResponse({ standardSchema: LogLevelView })
  get(): LogLevelView {
    return view(this.logLevel.state);
  }

  @Put()
  @ApiOperation({ summary: 'Logs from another level up, at once, and for a while if it says so' })
  @ApiOkResponse({ standardSchema: LogLevelView })
  set(@Body({ schema: LogLevelRequest }) request: z.infer<typeof LogLevelRequest>): LogLevelView {
    return view(this.logLevel.set(request.level, request.for));
  }
}
