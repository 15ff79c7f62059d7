import { dirname, resolve } from 'node:path';
import ts from 'typescript';
import { markedMethods, type MarkedMethod } from './marked-methods.ts';

/** What the code of one service says about events, each by its short name. */
export interface ServiceCode {
  readonly handlers: readonly {
    readonly id: string;
    readonly on: string;
    readonly publishes: readonly string[];
  }[];
  /** All that it publishes, sorted. */
  readonly publishes: readonly string[];
}

/**
 * Reads `main` and whatever it imports from files of its own. An event is published where its constructor is called;
 * a handler publishes what is published in anything that it uses, the jobs that it adds included.
 */
export function parseService(main: string): ServiceCode {
  const program = programOf(main);
  const checker = program.getTypeChecker();
  const files = program.getSourceFiles();
  const jobs = new Map(
    markedMethods(files, 'Job', '@everyhop/service').map((job) => [textOf(job.args[0]), job]),
  );

  return {
    handlers: markedMethods(files, 'On', '@everyhop/inbox').map((marked) => ({
      id: idOf(marked),
      on: eventOf(marked.args[0]!) ?? marked.args[0]!.getText(),
      publishes: publishedFrom([marked.method]),
    })),
    publishes: publishedFrom(files),
  };

  function publishedFrom(roots: readonly ts.Node[]): string[] {
    const events = new Set<string>();
    const seen = new Set<ts.Node>(roots);
    const visit = (node: ts.Node): void => {
      if (ts.isTypeNode(node)) return;
      if (ts.isCallExpression(node)) {
        const event = eventOf(node.expression);
        if (event) events.add(event);
      }
      for (const next of usedBy(node)) if (!seen.has(next) && seen.add(next)) visit(next);
      ts.forEachChild(node, visit);
    };
    roots.forEach(visit);
    return [...events].sort();
  }

  /** The code that `node` leads to. */
  function usedBy(node: ts.Node): ts.Node[] {
    if (ts.isStringLiteral(node)) return jobs.has(node.text) ? [jobs.get(node.text)!.method] : [];
    if (!ts.isIdentifier(node)) return [];
    const declarations = symbolOf(node)?.declarations ?? [];
    // A class is used by its methods: they are found where they are called.
    return declarations.filter(
      (declaration) => !ts.isClassDeclaration(declaration) && !ts.isImportSpecifier(declaration),
    );
  }

  function symbolOf(node: ts.Identifier): ts.Symbol | undefined {
    const symbol = checker.getSymbolAtLocation(node);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The name under which @everyhop/events exports the event that `expression` stands for. */
  function eventOf(expression: ts.Expression): string | undefined {
    const declaration = checker.getSymbolAtLocation(expression)?.declarations?.[0];
    if (!declaration || !ts.isImportSpecifier(declaration)) return undefined;
    const { moduleSpecifier } = declaration.parent.parent.parent;
    if (textOf(moduleSpecifier) !== '@everyhop/events') return undefined;
    const { text } = declaration.propertyName ?? declaration.name;
    // What else there is to call, such as `toHeaders`, begins with a small letter.
    return /^[A-Z]/.test(text) ? text : undefined;
  }
}

/** Only the service's own files: the libraries would take seconds, and publish nothing by themselves. */
function programOf(main: string): ts.Program {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    experimentalDecorators: true,
  };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => ({
      resolvedModule: /^\.{1,2}\/.*\.ts$/.test(text)
        ? { resolvedFileName: resolve(dirname(importer), text), extension: ts.Extension.Ts }
        : undefined,
    }));
  return ts.createProgram([main], options, host);
}

function idOf({ method, args }: MarkedMethod): string {
  const options = args[1];
  const id =
    options && ts.isObjectLiteralExpression(options)
      ? options.properties.find(
          (property) => ts.isPropertyAssignment(property) && property.name.getText() === 'id',
        )
      : undefined;
  if (id) return textOf((id as ts.PropertyAssignment).initializer)!;
  const parent = method.parent as ts.ClassDeclaration;
  return `${parent.name?.text}.${method.name.getText()}`;
}

function textOf(expression: ts.Expression | undefined): string | undefined {
  return expression && ts.isStringLiteralLike(expression) ? expression.text : undefined;
}
