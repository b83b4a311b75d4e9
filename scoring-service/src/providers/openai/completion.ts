import { z } from 'zod';
import type { AttemptResult, Usage } from './result.js';

/** The part of a Chat Completions answer we rely on; compatible servers differ in everything else. */
const completionShape = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.unknown().optional(),
});

const usageShape = z.object({
  prompt_tokens: z.int().nonnegative(),
  completion_tokens: z.int().nonnegative(),
  total_tokens: z.int().nonnegative(),
});

/**
 * Reads one completion into `T`. The order matters: a refusal or a cut-off answer may carry text
 * that happens to parse, and must not count as an answer.
 */
export function readCompletion<T>(
  completion: unknown,
  parse: (value: unknown) => T | null,
): AttemptResult<T> {
  const failed = (error_class: (AttemptResult<T> & { ok: false })['error_class']) =>
    ({ ok: false, error_class, retryAfterMs: null }) as const;
  const shape = completionShape.safeParse(completion);
  const choice = shape.success ? shape.data.choices[0] : undefined;
  if (!shape.success || choice === undefined) return failed('invalid_shape');
  if (choice.message.refusal != null && choice.message.refusal !== '') return failed('refusal');
  if (choice.finish_reason === 'content_filter') return failed('content_filter');
  if (choice.finish_reason === 'length') return failed('length');
  let json: unknown;
  try {
    json = JSON.parse(choice.message.content ?? '');
  } catch {
    return failed('invalid_json');
  }
  const value = parse(json);
  if (value === null) return failed('invalid_shape');
  return { ok: true, value, usage: usageOf(shape.data.usage) };
}

function usageOf(value: unknown): Usage | null {
  return usageShape.safeParse(value).data ?? null;
}
