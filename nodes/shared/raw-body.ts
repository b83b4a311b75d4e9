import { CallFailed, unusable } from './failure';
import type { Run } from './run';

/** A request's body exactly as n8n received it, in base64: signatures are made over these bytes. */
export async function rawBodyOf({ context }: Run, item: number, field: string): Promise<string> {
  if (context.getInputData()[item]?.binary?.[field] === undefined) {
    throw new CallFailed(
      unusable(
        `The item has no binary field "${field}"`,
        'Turn on "Raw Body" in the options of the Webhook node, so that the signature can be checked.',
      ),
    );
  }
  const raw = await context.helpers.getBinaryDataBuffer(item, field);
  return raw.toString('base64');
}
