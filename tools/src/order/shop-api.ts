/** What a GET of `url` answers. Rejects with a sentence when nobody answers there or the answer is an error. */
export function getJson(url: string, signal?: AbortSignal): Promise<any> {
  return request(url, { signal });
}

/** What a POST of `body` to `url` answers; rejects as {@link getJson} does. */
export function postJson(
  url: string,
  body: unknown,
  { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<any> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  });
}

async function request(url: string, init: RequestInit): Promise<any> {
  const response = await fetch(url, init).catch((cause) => {
    if (init.signal?.aborted) throw cause;
    throw new Error(`Nobody answers at ${url}: is the stack up? Start it with ./dev up.`, { cause });
  });
  if (response.ok) return response.json();
  throw new Error(
    `${init.method ?? 'GET'} ${url} was answered with ${response.status}: ${await response.text()}`,
  );
}
