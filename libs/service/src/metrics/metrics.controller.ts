import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { scrapeMetrics } from '@everyhop/telemetry';
import { Problem } from '../http/problem.ts';

/** For Prometheus. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  /** All metrics of the process, as text; 404 when none are collected. */
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async metrics(): Promise<string> {
    const metrics = await scrapeMetrics();
    if (metrics !== undefined) return metrics;
    const detail = 'No metrics are collected: start the service with --import @everyhop/telemetry/register.';
    throw new Problem({ status: 404, detail });
  }
}
