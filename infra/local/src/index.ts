export { databaseUrl, type EngineAddresses, engineAddresses } from './addresses.ts';
export { exists } from './cache.ts';
export type { Component, Launch, Workshop } from './component.ts';
export { findPrometheus } from './find-prometheus.ts';
export { answersHttp } from './health.ts';
export { portsFrom, type Ports } from './ports.ts';
export { prometheus, type PrometheusOptions } from './prometheus.ts';
export { readSettings, root, type Settings } from './settings.ts';
export { engineNames, everyhop, servicePorts } from './system.ts';
