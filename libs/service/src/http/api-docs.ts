import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { ProblemDetails } from './problem.ts';

/** Serves the OpenAPI page of `app` at `/docs`, and the document at `/docs/openapi.json`. */
export function serveApiDocs(app: INestApplication, name: string): void {
  const schema = z.toJSONSchema(ProblemDetails, { target: 'openapi-3.0' }) as object;
  const config = new DocumentBuilder()
    .setTitle(name)
    .addGlobalResponse({
      status: 'default',
      description: 'What went wrong, as problem details (RFC 9457)',
      content: { 'application/problem+json': { schema } },
    })
    .build();
  const document = () => SwaggerModule.createDocument(app, config);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs/openapi.json' });
}
