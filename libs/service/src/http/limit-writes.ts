import type { NextFunction, Request, Response } from 'express';
import { Problem } from './problem.ts';

const reading = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Works on at most `most` requests at a time that are to change something, and answers the others at once with 503,
 * to be sent again after a second: under more load than can be carried, those that are taken are still served in
 * time, and memory stays bounded. Reading, health and streams go on.
 */
export function limitWrites(most: number) {
  let inHand = 0;
  return (request: Request, response: Response, next: NextFunction): void => {
    if (reading.includes(request.method)) return next();
    if (inHand >= most) {
      response.setHeader('Retry-After', '1');
      return next(
        new Problem({ status: 503, detail: 'Too much to do at the moment: try again in a second.' }),
      );
    }
    inHand++;
    response.once('close', () => inHand--);
    next();
  };
}
