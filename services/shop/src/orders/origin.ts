/** The part of a request that says how the client reached the shop. */
export interface Reached {
  protocol: string;
  host: string;
}

/** `http://host:port`, as the client sees it. */
export const originOf = ({ protocol, host }: Reached): string => `${protocol}://${host}`;
