import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component, Workshop } from './component.ts';
import { findPrometheus } from './find-prometheus.ts';
import { answersHttp } from './health.ts';
import { root } from './settings.ts';

/** What Prometheus watches, and how. */
export interface PrometheusOptions {
  port: number;
  /** The port of each service, by its name. */
  targets: Record<string, number>;
  /** How many times faster intervals and windows pass, so that a test sees in a minute what takes an hour. Default: 1. */
  speed?: number;
}

/** Prometheus with the rules of infra/prometheus. The system works without it. */
export function prometheus({ port, targets, speed = 1 }: PrometheusOptions): Component {
  const url = `http://127.0.0.1:${port}`;
  return {
    name: 'prometheus',
    needs: [],
    ports: [port],
    url,
    optional: true,
    async prepare(workshop) {
      const program = await findPrometheus(workshop, 'prometheus');
      const options = {
        'config.file': await configure(workshop, targets, speed),
        'storage.tsdb.path': join(workshop.data, 'data'),
        // The window of the objectives, and a day.
        'storage.tsdb.retention.time': '31d',
        'web.listen-address': `127.0.0.1:${port}`,
        'log.level': 'warn',
      };
      return {
        command: [program, ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)],
        env: { GOMEMLIMIT: '128MiB' },
      };
    },
    health: answersHttp(`${url}/-/ready`),
  };
}

/** Lays out infra/prometheus with the targets beside it; returns the path of the configuration. */
async function configure(
  { data }: Workshop,
  targets: Record<string, number>,
  speed: number,
): Promise<string> {
  const source = join(root, 'infra/prometheus');
  await rm(join(data, 'rules'), { recursive: true, force: true });
  for (const folder of ['rules', 'targets']) await mkdir(join(data, folder), { recursive: true });
  for await (const path of glob(['prometheus.yml', 'rules/*.yml'], { cwd: source })) {
    const yaml = await readFile(join(source, path), 'utf8');
    await writeFile(join(data, path), speed === 1 ? yaml : faster(yaml, speed));
  }
  const groups = Object.entries(targets).map(([job, port]) => ({
    targets: [`127.0.0.1:${port}`],
    labels: { job },
  }));
  await writeFile(join(data, 'targets/local.yml'), JSON.stringify(groups, null, 2));
  return join(data, 'prometheus.yml');
}

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Divides intervals, windows and the patience of alerts by `speed`, down to a second; names stay as they are. */
export function faster(yaml: string, speed: number): string {
  return yaml.replaceAll(
    /(?<=\[|\boffset |\b(?:for|interval|scrape_interval|evaluation_interval): )(\d+)([smhd])\b/g,
    (_, count: string, unit: keyof typeof seconds) =>
      `${Math.max(1, Math.round((Number(count) * seconds[unit]) / speed))}s`,
  );
}
