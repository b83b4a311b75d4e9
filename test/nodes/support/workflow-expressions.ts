import type { WorkflowFile } from './workflow-types.js';

/** Every text in a value, with the path that leads to it. */
function textsIn(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    textsIn(part, path === '' ? name : `${path}.${name}`),
  );
}

/** Whether code is an expression of JavaScript; it is not run. */
function isExpression(code: string): boolean {
  try {
    new Function(`return (${code}\n);`);
    return true;
  } catch {
    return false;
  }
}

/**
 * What is wrong with a workflow's expressions: those that are no JavaScript, and those that read a
 * node which does not exist.
 */
export function expressionFaults({ nodes }: WorkflowFile): string[] {
  const names = new Set(nodes.map(({ name }) => name));
  return nodes.flatMap(({ name, parameters }) =>
    textsIn(parameters, '').flatMap(([path, text]) => {
      if (!text.startsWith('=')) return [];
      return [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].flatMap(([, code = '']) => [
        ...(isExpression(code) ? [] : [`"${name}": ${path} cannot be read:${code.trimEnd()}`]),
        ...[...code.matchAll(/\$\('([^']+)'\)/g)]
          .map(([, read = '']) => read)
          .filter((read) => !names.has(read))
          .map((read) => `"${name}": ${path} reads "${read}", which does not exist`),
      ]);
    }),
  );
}
