import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';

/** Says which route, `/orders/:orderId`, the request being served has: in its span and metrics. Default: what Express found. */
export function setHttpRoute(route: string | undefined): void {
  const metadata = getRPCMetadata(context.active());
  if (metadata?.type === RPCType.HTTP) metadata.route = route;
}
