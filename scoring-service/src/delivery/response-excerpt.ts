import type { Readable } from 'node:stream';

import type { BodyIssue } from './post-result.js';

export interface Excerpt {
  text: string;
  issue: BodyIssue | null;
}

/**
 * Response bytes as text that is safe to store and show: UTF-8 with replacement characters, a
 * character cut off at the end left out, and no control characters but tab and line breaks
 * (PostgreSQL refuses NUL, terminals obey the others).
 */
export function excerptText(bytes: Uint8Array, isCut: boolean): string {
  const text = new TextDecoder('utf-8').decode(bytes, { stream: isCut });
  // eslint-disable-next-line no-control-regex -- removing control characters is the purpose
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '');
}

/**
 * Reads at most `maxBytes` of a body, then drops the connection: what lies beyond is neither read
 * nor waited for. Never rejects; a body that fails keeps what came before. `interruption` names
 * the reason when the reading was cut short from our side.
 */
export async function readExcerpt(
  body: Readable,
  maxBytes: number,
  interruption: () => 'timeout' | 'aborted' | null,
): Promise<Excerpt> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let issue: BodyIssue | null = null;
  // Destroying an unfinished body makes undici emit an error that nobody else awaits.
  body.on('error', () => undefined);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.subarray(0, maxBytes - size));
      size += chunk.length;
      if (size >= maxBytes) {
        issue = 'truncated';
        break; // leaving the loop destroys the stream and with it the connection
      }
    }
  } catch {
    issue = interruption() ?? 'broken';
  }
  return { text: excerptText(Buffer.concat(chunks), issue !== null), issue };
}
