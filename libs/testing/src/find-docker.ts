/** Testcontainers, once it has found a Docker engine. */
export type Docker = typeof import('testcontainers');

/** Testcontainers, where it is installed and finds an engine that answers. */
export async function findDocker(): Promise<Docker | undefined> {
  try {
    const docker = await import('testcontainers');
    await docker.getContainerRuntimeClient();
    return docker;
  } catch {
    return undefined;
  }
}
