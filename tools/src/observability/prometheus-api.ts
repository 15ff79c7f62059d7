/** An alert that Prometheus has noticed: `pending` while its condition has not held for long enough, then `firing`. */
export interface Alert {
  labels: { alertname: string; severity: string; [label: string]: string };
  annotations: { summary: string; runbook_url: string };
  state: 'pending' | 'firing';
  /** When its condition came true, ISO 8601. */
  activeAt: string;
}

/** The alerts of now. Rejects with a sentence when Prometheus does not answer. */
export const alertsOf = async (url: string): Promise<Alert[]> => (await ask(url, 'alerts')).alerts;

/** What Prometheus answers to a GET of `/api/v1/<path>`; rejects with a sentence when it does not, or with an error. */
export async function ask(url: string, path: string, parameters: Record<string, string> = {}): Promise<any> {
  const query = new URLSearchParams(parameters);
  const response = await fetch(`${url}/api/v1/${path}?${query}`).catch((cause) => {
    throw new Error(`Prometheus does not answer at ${url}: start the system with ./dev up --observability.`, {
      cause,
    });
  });
  const { data, error } = (await response.json()) as { data?: unknown; error?: string };
  if (!response.ok) throw new Error(`Prometheus: ${error}`);
  return data;
}
