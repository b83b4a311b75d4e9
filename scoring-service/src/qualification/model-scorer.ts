import { z } from 'zod';
import type { ChatErrorClass, OpenAiChat, Usage } from '../providers/openai/index.js';
import { DECISIONS, type Decision } from './decision.js';
import type { BuiltPrompt } from './prompts/index.js';
import { oneSentence } from './readable-text.js';

/** What qualification needs of a model; a test or another provider can stand in. */
export type ModelScorer = {
  readonly model: string;
  /** Should not throw and should end when `signal` fires; the qualifier survives both failings. */
  score(prompt: BuiltPrompt, options: { signal: AbortSignal }): Promise<ModelScore>;
};

export type ModelScore =
  | {
      ok: true;
      score: number;
      decision: Decision;
      reason: string;
      usage: Usage | null;
      attempts: number;
      latency_ms: number;
    }
  | {
      ok: false;
      error_class: ChatErrorClass;
      retryable: boolean;
      attempts: number;
      latency_ms: number;
    };

/**
 * The strict schema sent with every request. The range of `score` is said in words and checked by
 * us, because not every compatible server accepts `minimum` and `maximum` in strict mode. The
 * reason comes first so that the number follows from it.
 */
export const ANSWER_SCHEMA = {
  name: 'lead_qualification',
  schema: {
    type: 'object',
    properties: {
      reason: { type: 'string', description: 'One readable sentence.' },
      score: { type: 'integer', description: 'Whole number from 1 to 100.' },
      decision: { type: 'string', enum: [...DECISIONS] },
    },
    required: ['reason', 'score', 'decision'],
    additionalProperties: false,
  },
};

const answerShape = z.strictObject({
  reason: z.string().transform(oneSentence).pipe(z.string().min(1)),
  score: z.int().min(1).max(100),
  decision: z.enum(DECISIONS),
});

/** Scores enquiries through an OpenAI-compatible chat. */
export function createModelScorer(chat: OpenAiChat): ModelScorer {
  return {
    model: chat.model,
    async score(prompt, { signal }) {
      const result = await chat.ask(
        {
          messages: prompt.messages,
          schema: ANSWER_SCHEMA,
          parse: (value) => answerShape.safeParse(value).data ?? null,
        },
        { signal },
      );
      if (!result.ok) return result;
      const { value, usage, attempts, latency_ms } = result;
      return { ok: true, ...value, usage, attempts, latency_ms };
    },
  };
}
