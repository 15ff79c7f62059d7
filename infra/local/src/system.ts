import type { Component } from './component.ts';
import { jaeger } from './jaeger.ts';
import { kafka } from './kafka.ts';
import { build, mailSink, service, setUp } from './node-processes.ts';
import { portsFrom } from './ports.ts';
import { postgres } from './postgres.ts';
import { registry } from './registry.ts';

/** The whole system on this machine: what runs, where it answers, and who needs whom. */
export function everyhop(portBase: number): Component[] {
  const port = portsFrom(portBase);
  const database = (name: string, user = 'everyhop') =>
    new URL(`postgres://${user}:everyhop@127.0.0.1:${port.postgres}/${name}`);
  const admin = database('postgres', 'postgres');

  const engines = {
    ADMIN_DATABASE_URL: admin.href,
    KAFKA_BROKERS: `127.0.0.1:${port.kafka}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port.registry}/apis/ccompat/v7`,
  };
  const ours = (name: 'shop' | 'billing' | 'logistics' | 'crm', env: Record<string, string> = {}) =>
    service(name, {
      port: port[name],
      needs: ['build', 'databases', 'topics', 'schemas'],
      env: {
        DATABASE_URL: database(name).href,
        KAFKA_BROKERS: engines.KAFKA_BROKERS,
        SCHEMA_REGISTRY_URL: engines.SCHEMA_REGISTRY_URL,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port.otlp}`,
        JAEGER_URL: `http://127.0.0.1:${port.jaeger}`,
        ...env,
      },
    });

  return [
    postgres({ port: port.postgres, url: admin }),
    kafka({ port: port.kafka, controllerPort: port.kafkaController }),
    setUp('databases', { needs: ['postgres'], env: engines }),
    registry({ port: port.registry, needs: ['databases'], database: database('registry') }),
    setUp('topics', { needs: ['kafka'], env: engines }),
    setUp('schemas', { needs: ['registry'], env: engines }),

    jaeger({
      port: port.jaeger,
      otlpPort: port.otlp,
      grpcPort: port.jaegerGrpc,
      healthPort: port.jaegerHealth,
    }),
    mailSink({ port: port.mail, smtpPort: port.smtp }),

    build(),
    ours('shop'),
    ours('billing'),
    ours('logistics'),
    ours('crm', { SMTP_URL: `smtp://127.0.0.1:${port.smtp}`, FOLLOW_UP_DELAY: '2s' }),
  ];
}

/** What tests that bring their own services stand on. */
export const engineNames = ['postgres', 'kafka', 'registry'];
