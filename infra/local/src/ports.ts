/** Where each part listens, as an offset from the port base. */
const offsets = {
  shop: 1,
  billing: 2,
  logistics: 3,
  crm: 4,
  otlp: 18,
  smtp: 25,
  postgres: 32,
  mail: 80,
  registry: 81,
  jaegerGrpc: 85,
  jaeger: 86,
  jaegerHealth: 87,
  kafka: 92,
  kafkaController: 93,
};

/** The port of each part. */
export type Ports = Record<keyof typeof offsets, number>;

/** The ports of a local system, e.g. `portsFrom(4000).shop === 4001`. */
export function portsFrom(base: number): Ports {
  return Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, base + offset])) as Ports;
}
