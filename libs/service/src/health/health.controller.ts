import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Readiness } from './readiness.ts';

/** For those who start and watch the service. */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process answers. */
  @Get('live')
  live() {
    return { status: 'live' };
  }

  /** 200 when requests can be served, else 503. */
  @Get('ready')
  ready() {
    return this.readiness.check();
  }
}
