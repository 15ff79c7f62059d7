import type { Component } from './component.ts';
import { jaeger } from './jaeger.ts';
import { kafka } from './kafka.ts';
import { engineAddresses, superuser } from './addresses.ts';
import { coreServices, isCore, serviceNames } from './compose.ts';
import { build, mailSink, service, setUp } from './node-processes.ts';
import { portsFrom, type Ports } from './ports.ts';
import { postgres } from './postgres.ts';
import { prometheus } from './prometheus.ts';
import { registry } from './registry.ts';

/**
 * The whole system on this machine: what runs, where it answers, and who needs whom. With `only`, the components of
 * these names and all that they need; without it, all that compose starts without being asked for a profile.
 */
export function everyhop(portBase: number, only?: string[]): Component[] {
  const port = portsFrom(portBase);
  const engines = engineAddresses(portBase);
  const services = only ? serviceNames.filter((name) => only.includes(name)) : coreServices;

  const all = [
    postgres({ port: port.postgres, url: superuser(portBase) }),
    kafka({ port: port.kafka, controllerPort: port.kafkaController }),
    setUp('databases', { needs: ['postgres'], env: engines }),
    registry({ portBase, needs: ['databases'] }),
    setUp('events', { needs: ['kafka', 'registry'], env: engines }),

    jaeger({
      port: port.jaeger,
      otlpPort: port.otlp,
      grpcPort: port.jaegerGrpc,
      healthPort: port.jaegerHealth,
    }),
    mailSink({ port: port.mail, smtpPort: port.smtp }),

    build(services),
    ...services.map((name) => service(name, { portBase, needs: ['build', 'events'] })),

    prometheus({ port: port.prometheus, targets: servicePorts(port, services) }),
  ];
  return only ? withNeeds(all, only) : all.filter(({ name }) => isCore(name));
}

/** The port of each service of `names`, by its name. Default: those that run when no more is asked for. */
export const servicePorts = (ports: Ports, names = coreServices): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, ports[name]!]));

/** What tests that bring their own services stand on. */
export const engineNames = ['postgres', 'kafka', 'registry'];

/** Those of `all` that are called one of `names`, and all that they need. */
export function withNeeds(all: Component[], names: string[]): Component[] {
  const wanted = new Set(names);
  for (const name of wanted)
    for (const need of all.find((one) => one.name === name)?.needs ?? []) wanted.add(need);
  return all.filter(({ name }) => wanted.has(name));
}
