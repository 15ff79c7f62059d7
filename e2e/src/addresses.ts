import { portsFrom, readSettings } from '@everyhop/local';

const ports = portsFrom(readSettings().portBase);
const local = (port: number): string => `http://127.0.0.1:${port}`;

/** Where the running stack can be reached from outside; `EVERYHOP_PORT_BASE` moves all of it. */
export const addresses = {
  shop: local(ports.shop),
  billing: local(ports.billing),
  logistics: local(ports.logistics),
  crm: local(ports.crm),
  mail: local(ports.mail),
  jaeger: local(ports.jaeger),
};
