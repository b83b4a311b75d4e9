import type { WorkflowFile } from '../../../scripts/n8n/workflow-files.js';
import type { Execution } from './executions.js';

/** Which connections of the workflows items have gone along. */
export interface Seen {
  add(workflow: string, execution: Execution): void;
  /** Connected outputs that no item has left through, as "workflow: node → target". */
  missing(): string[];
}

/** The outputs of a workflow that lead somewhere. */
function connectedOutputs(workflow: WorkflowFile): { node: string; output: number; to: string }[] {
  return Object.entries(workflow.connections).flatMap(([node, { main }]) =>
    main.flatMap((targets, output) =>
      (targets ?? []).length > 0
        ? [{ node, output, to: (targets ?? []).map((one) => one.node).join(', ') }]
        : [],
    ),
  );
}

export function watchBranches(workflows: ReadonlyMap<string, WorkflowFile>): Seen {
  const seen = new Set<string>();
  return {
    add(workflow, execution) {
      for (const node of new Set(execution.ran)) {
        for (const output of execution.branches(node)) seen.add(`${workflow}/${node}/${output}`);
      }
    },
    missing: () =>
      [...workflows].flatMap(([name, workflow]) =>
        connectedOutputs(workflow)
          .filter(({ node, output }) => !seen.has(`${name}/${node}/${output}`))
          .map(({ node, to }) => `${name}: ${node} → ${to}`),
      ),
  };
}
