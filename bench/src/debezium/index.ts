export { hasConnect, startDebezium } from './connector.ts';
export { debeziumRelay } from './relay.ts';
export { debeziumSettings } from './settings.ts';
