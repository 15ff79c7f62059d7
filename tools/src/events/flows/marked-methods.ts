import ts from 'typescript';

/** A method with a decorator, and the arguments of that. */
export interface MarkedMethod {
  readonly method: ts.MethodDeclaration;
  readonly args: readonly ts.Expression[];
}

/** The methods in `files` that the decorator `name` marks, where it is imported from `module`. */
export function markedMethods(files: readonly ts.SourceFile[], name: string, module: string): MarkedMethod[] {
  return files.flatMap((file) => {
    const local = localName(file, name, module);
    const marked: MarkedMethod[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isMethodDeclaration(node))
        for (const { expression } of ts.getDecorators(node) ?? [])
          if (ts.isCallExpression(expression) && expression.expression.getText() === local)
            marked.push({ method: node, args: expression.arguments });
      ts.forEachChild(node, visit);
    };
    if (local) visit(file);
    return marked;
  });
}

/** What `file` calls the export `name` of `module`; `undefined` when it does not import it. */
function localName(file: ts.SourceFile, name: string, module: string): string | undefined {
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    if ((statement.moduleSpecifier as ts.StringLiteral).text !== module) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    const found = bindings.elements.find((element) => (element.propertyName ?? element.name).text === name);
    if (found) return found.name.text;
  }
  return undefined;
}
