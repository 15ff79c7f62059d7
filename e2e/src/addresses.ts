import { coreServices, portsFrom, readSettings, serviceNames } from '@everyhop/local';

const ports = portsFrom(readSettings().portBase);
const local = (part: string): string => `http://127.0.0.1:${ports[part]}`;

/** Where the running stack can be reached from outside; `EVERYHOP_PORT_BASE` moves all of it. */
export const addresses = {
  shop: local('shop'),
  billing: local('billing'),
  logistics: local('logistics'),
  crm: local('crm'),
  mail: local('mail'),
  jaeger: local('jaeger'),
  otlp: local('otlp'),
};

/** Whether it is a service of this repository that no order needs: these tests hold whichever of them run. */
export const isExtra = (service: string): boolean =>
  serviceNames.includes(service) && !coreServices.includes(service);
