import type { NextFunction, Request, Response } from 'express';
import { Problem } from './problem.ts';

/** A path of the service, `/orders/:orderId`, and the methods that it has. */
interface Route {
  path: string;
  methods: string[];
}

interface Layer {
  match(path: string): boolean;
  route?: { path: string; methods: Record<string, boolean> };
}

/** The route that the path of `request` leads to, whatever its method; `undefined` when there is none. */
export function routeOf({ app, originalUrl }: Request): Route | undefined {
  const path = originalUrl.split('?')[0]!;
  const { stack } = app.router as unknown as { stack: Layer[] };
  const routes = stack.flatMap((layer) => (layer.route && leadsTo(layer, path) ? [layer.route] : []));
  // What all requests pass through, `{/*splat}`, is a route, too.
  const [first, ...others] = routes.filter(({ path }) => !path.startsWith('{/*'));
  if (!first) return undefined;
  const methods = [first, ...others].flatMap(({ methods }) => Object.keys(methods));
  // As Express does.
  if (methods.includes('get')) methods.push('head');
  return {
    path: first.path,
    methods: [...new Set(methods)].map((method) => method.toUpperCase()).sort(),
  };
}

// A malformed path leads nowhere; what it is answered with is for the router to say.
function leadsTo(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}

/** Answers a method that a path does not have with 405 and those that it has. */
export function knownMethods(request: Request, response: Response, next: NextFunction): void {
  const route = routeOf(request);
  if (!route || route.methods.includes(request.method)) return next();
  const allowed = route.methods.join(', ');
  response.setHeader('Allow', allowed);
  next(new Problem({ status: 405, detail: `There is no ${request.method} here, only ${allowed}.` }));
}
