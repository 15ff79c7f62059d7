/** Where the local stack answers, by `EVERYHOP_PORT_BASE` (default 4000). */
export function stackUrls({ EVERYHOP_PORT_BASE = '4000' } = process.env): { shop: string; mail: string } {
  const at = (offset: number) => `http://127.0.0.1:${Number(EVERYHOP_PORT_BASE) + offset}`;
  return { shop: at(1), mail: at(80) };
}
