import { answersHttp, type Component, everyhop } from '@everyhop/local';

/** The services that an order needs, each a database of its own. */
export const services = ['shop', 'billing', 'logistics', 'crm'] as const;
export type Service = (typeof services)[number];

/** What else is broken. */
export const engines = ['kafka', 'postgres', 'registry'];

/** How many ports after its own a service's second instance listens. */
const secondOffset = 10;

/** Where the two instances of the shop answer. */
export const shopsAt = (portBase: number): string[] =>
  [1, 1 + secondOffset].map((offset) => `http://127.0.0.1:${portBase + offset}`);

/** The processes of the services: `shop`, `shop-2`, `billing` … */
export const instances: string[] = services.flatMap((name) => [name, `${name}-2`]);

/** The service that an instance is of. */
export const serviceOf = (instance: string): string => instance.replace(/-2$/, '');

/**
 * The system that chaos breaks: what an order needs, without traces, and with two instances of each service. So relays share
 * their buckets and consumers their partitions, every process owns some of both, and each fault moves them.
 */
export function chaosSystem(portBase: number): Component[] {
  return everyhop(portBase, [...services, 'mail']).flatMap((component) => {
    if (component.name === 'mail') return withEnv(component, { MAX_MESSAGES: '1000000' });
    if (!(services as readonly string[]).includes(component.name)) return component;
    const first = withEnv(component, { OTEL_SDK_DISABLED: 'true' });
    return [first, secondOf(first)];
  });
}

/** The same component with more environment. */
export const withEnv = (component: Component, env: Record<string, string>): Component => ({
  ...component,
  async prepare(workshop) {
    const launch = await component.prepare(workshop);
    return { ...launch, env: { ...launch.env, ...env } };
  },
});

function secondOf(first: Component): Component {
  const port = first.ports[0]! + secondOffset;
  const url = `http://127.0.0.1:${port}`;
  const second = withEnv(first, { PORT: String(port) });
  return {
    ...second,
    name: `${first.name}-2`,
    ports: [port],
    url,
    health: answersHttp(`${url}/health/ready`),
  };
}
