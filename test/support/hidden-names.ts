import ts from 'typescript';

/**
 * Names in the signatures of what `entry`, a file of declarations, exports that are not exports themselves, with the
 * exports that name them. Names of the language, of Node and of packages do not count.
 */
export function hiddenNames(program: ts.Program, entry: string): string[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol;
  const resolved = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Set(checker.getExportsOfModule(module).map(resolved));

  const isForeign = (symbol: ts.Symbol) =>
    symbol.declarations?.every((declaration) => {
      const { fileName } = declaration.getSourceFile();
      return ts.isTypeParameterDeclaration(declaration) || fileName.includes('/node_modules/');
    }) ?? true;

  const hidden: string[] = [];
  const visit = (node: ts.Node, owner: string): void => {
    if (isPrivate(node)) return;
    const name = nameIn(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol && !isForeign(resolved(symbol)) && !exported.has(resolved(symbol))) {
      // The type of a value is written out where it is shown; what it names counts.
      if (ts.isTypeQueryNode(node)) visitAll(resolved(symbol), owner);
      else hidden.push(`${owner} names ${name.getText()}`);
    }
    ts.forEachChild(node, (child) => visit(child, owner));
  };
  const visitAll = (symbol: ts.Symbol, owner: string): void => {
    for (const declaration of symbol.declarations ?? []) visit(declaration, owner);
  };
  for (const symbol of exported) visitAll(symbol, symbol.name);
  return [...new Set(hidden)].sort();
}

function nameIn(node: ts.Node): ts.EntityName | ts.Expression | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isTypeQueryNode(node)) return node.exprName;
  if (ts.isImportTypeNode(node)) return node.qualifier;
  return undefined;
}

function isPrivate(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) === true
  );
}

/** What `entry` exports; `value`: there when the program runs, not a type only. */
export function exportsOf(program: ts.Program, entry: string): { name: string; value: boolean }[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol;
  return checker.getExportsOfModule(module).map((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const typeOnly =
      symbol.declarations?.some((declaration) => ts.isTypeOnlyImportOrExportDeclaration(declaration)) ??
      false;
    return { name: symbol.name, value: !typeOnly && (target.flags & ts.SymbolFlags.Value) !== 0 };
  });
}
