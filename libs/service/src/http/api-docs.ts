import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { ProblemDetails } from './problem.ts';

/**
 * Serves the OpenAPI page of `app` at `/docs`, to which `/` leads, and the document at `/docs/openapi.json`: first what
 * the service is for, in the order of its features, last what all services have for operators.
 */
export function serveApiDocs(app: INestApplication, name: string, description = ''): void {
  const schema = z.toJSONSchema(ProblemDetails, { target: 'openapi-3.0' }) as object;
  const config = new DocumentBuilder()
    .setTitle(name)
    .setDescription(description)
    .addGlobalResponse({
      status: 'default',
      description: 'What went wrong, as problem details (RFC 9457)',
      content: { 'application/problem+json': { schema } },
    })
    .build();
  const document = () => operationsLast(SwaggerModule.createDocument(app, config));
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs/openapi.json' });
  app.getHttpAdapter().get('/', (_request, response) => response.redirect('docs'));
}

// The page shows tags in the order in which they come.
function operationsLast(document: OpenAPIObject): OpenAPIObject {
  const isOperation = ([path]: [string, unknown]) => path.startsWith('/admin/');
  const [features, operations] = [false, true].map((wanted) =>
    Object.entries(document.paths).filter((path) => isOperation(path) === wanted),
  );
  return { ...document, paths: Object.fromEntries([...features!, ...operations!]) };
}
