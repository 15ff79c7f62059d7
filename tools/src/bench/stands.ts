import { connect, type Component, engineNames, everyhop } from '@everyhop/local';

/** What a bench stands on. */
export type Stand = 'engines' | 'debezium' | 'system' | 'nothing';

/** The benches, each a file in bench/src/benches, and what each stands on. */
export const stands: Record<string, Stand> = {
  relay: 'debezium',
  'relay-growth': 'engines',
  latency: 'debezium',
  publish: 'engines',
  inbox: 'engines',
  'handle-latency': 'engines',
  orders: 'system',
  checkout: 'system',
  overload: 'system',
  idle: 'system',
  start: 'nothing',
};

/** The components of a stand, whose ports start at `portBase`. Services are started by the benches themselves. */
export const componentsOf =
  (stand: Stand) =>
  (portBase: number): Component[] => {
    const engines = everyhop(portBase, [...engineNames, 'events']);
    if (stand === 'system') return everyhop(portBase, [...engineNames, 'events', 'mail', 'jaeger']);
    if (stand === 'debezium') return [...engines.map(withLogicalDecoding), connect(portBase)];
    return engines;
  };

/** Debezium reads the write-ahead log, which has to say more then. */
function withLogicalDecoding(component: Component): Component {
  if (component.name !== 'postgres') return component;
  return {
    ...component,
    async prepare(workshop) {
      const launch = await component.prepare(workshop);
      return { ...launch, command: [...launch.command, '-c', 'wal_level=logical'] };
    },
  };
}
