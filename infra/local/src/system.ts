import type { Component } from './component.ts';
import { jaeger } from './jaeger.ts';
import { kafka } from './kafka.ts';
import { databaseUrl, engineAddresses, superuser } from './addresses.ts';
import { build, mailSink, service, setUp } from './node-processes.ts';
import { portsFrom } from './ports.ts';
import { postgres } from './postgres.ts';
import { registry } from './registry.ts';

/**
 * The whole system on this machine: what runs, where it answers, and who needs whom. With `only`, the components of
 * these names and all that they need.
 */
export function everyhop(portBase: number, only?: string[]): Component[] {
  const port = portsFrom(portBase);
  const engines = engineAddresses(portBase);
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = engines;
  const ours = (name: 'shop' | 'billing' | 'logistics' | 'crm', env: Record<string, string> = {}) =>
    service(name, {
      port: port[name],
      needs: ['build', 'events'],
      env: {
        DATABASE_URL: databaseUrl(portBase, name).href,
        KAFKA_BROKERS,
        SCHEMA_REGISTRY_URL,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port.otlp}`,
        JAEGER_URL: `http://127.0.0.1:${port.jaeger}`,
        ...env,
      },
    });

  const all = [
    postgres({ port: port.postgres, url: superuser(portBase) }),
    kafka({ port: port.kafka, controllerPort: port.kafkaController }),
    setUp('databases', { needs: ['postgres'], env: engines }),
    registry({ port: port.registry, needs: ['databases'], database: databaseUrl(portBase, 'registry') }),
    setUp('events', { needs: ['kafka', 'registry'], env: engines }),

    jaeger({
      port: port.jaeger,
      otlpPort: port.otlp,
      grpcPort: port.jaegerGrpc,
      healthPort: port.jaegerHealth,
    }),
    mailSink({ port: port.mail, smtpPort: port.smtp }),

    build(['shop', 'billing', 'logistics', 'crm']),
    ours('shop', {
      BILLING_URL: `http://127.0.0.1:${port.billing}`,
      LOGISTICS_URL: `http://127.0.0.1:${port.logistics}`,
    }),
    ours('billing'),
    ours('logistics'),
    ours('crm', { SMTP_URL: `smtp://127.0.0.1:${port.smtp}`, FOLLOW_UP_DELAY: '2s' }),
  ];
  return only ? withNeeds(all, only) : all;
}

/** What tests that bring their own services stand on. */
export const engineNames = ['postgres', 'kafka', 'registry'];

function withNeeds(all: Component[], names: string[]): Component[] {
  const wanted = new Set(names);
  for (const name of wanted)
    for (const need of all.find((one) => one.name === name)?.needs ?? []) wanted.add(need);
  return all.filter(({ name }) => wanted.has(name));
}
