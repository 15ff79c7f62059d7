import { offsetOf, serviceNames } from './compose.ts';

/** Where each part listens, as an offset from the port base: as in compose, and what is published by no container. */
const engines = {
  otlp: offsetOf('jaeger', 4318),
  smtp: offsetOf('mail', 1025),
  postgres: offsetOf('postgres'),
  mail: offsetOf('mail', 8025),
  registry: offsetOf('registry'),
  connect: 83,
  jaegerGrpc: 85,
  jaeger: offsetOf('jaeger', 16686),
  jaegerHealth: 87,
  prometheus: offsetOf('prometheus'),
  kafka: offsetOf('kafka'),
  kafkaController: 93,
};

/** The ports of the engines, and of each service by its name. */
export type Ports = Record<keyof typeof engines, number> & Readonly<Record<string, number>>;

/** The ports of a local system, e.g. `portsFrom(4000).shop === 4001`. */
export function portsFrom(base: number): Ports {
  const offsets = { ...engines, ...Object.fromEntries(serviceNames.map((name) => [name, offsetOf(name)])) };
  return Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, base + offset])) as Ports;
}
