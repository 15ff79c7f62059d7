import { allEvents } from '@everyhop/events';
import { connectRegistry } from '@everyhop/kafka';

/**
 * Registers the newest schema of every event in the registry at `url`; what is there already stays.
 * Resolves to one line an event, and rejects with the registry's reason when it refuses one.
 */
export async function register(url: string): Promise<string[]> {
  const registry = connectRegistry({ url });
  const lines: string[] = [];
  for (const event of allEvents) {
    const id = await registry.register(event).catch((cause: Error) => {
      throw new Error(`${event.type} v${event.version} could not be registered at ${url}: ${cause.message}`, {
        cause,
      });
    });
    lines.push(`${event.type} v${event.version} has id ${id}`);
  }
  return lines;
}
