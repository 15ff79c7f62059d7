import type { NextFunction, Request, Response } from 'express';
import { Problem } from './problem.ts';

const reading = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Works on at most `most` requests at a time that are to change something, and answers the others at once with 503,
 * to be sent again after a second: under more load than can be carried, those that are taken are still served in
 * time, and memory stays bounded. A request counts once its body has arrived, so that clients that are slow to send
 * keep nobody out; many of them that finish at once may be more than `most`. Reading, health, streams and what
 * operators do go on.
 */
export function limitWrites(most: number) {
  let inHand = 0;
  return (request: Request, response: Response, next: NextFunction): void => {
    if (reading.includes(request.method) || request.path.startsWith('/admin/')) return next();
    if (inHand >= most) {
      response.setHeader('Retry-After', '1');
      return next(
        new Problem({ status: 503, detail: 'Too much to do at the moment: try again in a second.' }),
      );
    }
    const begin = () => {
      inHand++;
      response.once('close', () => inHand--);
    };
    const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers;
    if (length === '0' && !chunked) begin();
    else {
      request.once('end', begin);
      // What is left of a body after the answer begins nothing.
      response.once('close', () => request.off('end', begin));
    }
    next();
  };
}
