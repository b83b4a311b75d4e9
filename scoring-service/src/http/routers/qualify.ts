import { createHash } from 'node:crypto';

import { iso } from '../../core/clock.js';
import { unavailable } from '../../core/errors.js';
import type { Store } from '../../db/store.js';
import { first, type Unit } from '../../db/unit.js';
import {
  qualificationAnswerSchema,
  qualifyRequestSchema,
  type QualificationAnswer,
} from '../../qualification/qualification-schema.js';
import type { QualificationModule } from '../../qualification/service.js';
import type { Claim } from '../idempotency.js';
import type { Reply } from '../reply.js';
import { route, type AnyRoute } from '../route.js';
import { storableRaw } from './webhooks.js';

const CLAIM_MS = 24 * 3_600_000;

/** Whether the request was answered before, so that nothing has to be asked to answer it again. */
async function isAnswered(store: Store, claim: Claim, now: number): Promise<boolean> {
  const row = await store.db
    .selectFrom('idempotency_keys')
    .select('key')
    .where('api_key_id', '=', claim.apiKeyId)
    .where('key', '=', claim.key)
    .where('created_at', '>', iso(now - CLAIM_MS))
    .executeTakeFirst();
  return row !== undefined;
}

/** A request whose job the worker has finished meanwhile is answered with what that saved. */
function* savedAnswer({ db }: Store, jobId: string): Unit<QualificationAnswer> {
  const row = yield* first(
    db
      .selectFrom('qualifications')
      .innerJoin('qualification_jobs', 'qualification_jobs.id', 'qualifications.job_id')
      .selectAll('qualifications')
      .select(['qualification_jobs.task_id', 'qualification_jobs.message_id'])
      .where('qualifications.job_id', '=', jobId)
      .orderBy('qualifications.id', 'desc')
      .limit(1),
  );
  if (row === undefined) throw unavailable('try_again', 'The lead is being qualified. Try again.');
  return {
    lead_id: row.lead_id,
    qualification_id: row.id,
    score: row.score,
    decision: row.decision,
    reason: row.reason,
    source: row.source,
    model: row.model,
    prompt_version: row.prompt_version,
    fallback_reason: row.fallback_reason,
    requalify: row.source === 'rules',
    booking_url: row.booking_url,
    task_id: row.task_id,
    message_id: row.message_id,
  };
}

function requestKey({ apiKeyId, key }: Claim): string {
  return `qualify:${createHash('sha256').update(`${apiKeyId}\n${key}`).digest('hex')}`;
}

/** Qualifying a lead on request. */
export function qualifyRoutes(deps: {
  store: Store;
  now: () => number;
  qualification: QualificationModule;
}): AnyRoute[] {
  const { store, qualification } = deps;
  return [
    route({
      method: 'post',
      path: '/qualify',
      scope: 'intake',
      tag: 'Lead response',
      summary: 'Qualify a lead, or a new one',
      description:
        'With `lead_id`, or with the fields of a lead that is then made as kind response. The lead is stored first; the answer is the model’s, or within seconds that of the rules (`source: "rules"`), and always agrees with its score. `booking_url` belongs to this answer and is null unless it is `book_now`.',
      body: qualifyRequestSchema,
      idempotent: true,
      responses: {
        200: { description: 'How it was qualified.', schema: qualificationAnswerSchema },
        404: { description: 'No such lead or business.' },
      },
      handler: async ({ body, rawBody, caller, claim, transact }) => {
        if (claim !== null && (await isAnswered(store, claim, deps.now()))) {
          return transact(function* (): Unit<Reply> {
            yield* [];
            throw unavailable('try_again', 'The earlier answer is gone. Try again.');
          });
        }
        const job = await qualification.begin({
          request: body,
          raw: storableRaw(rawBody),
          sourceKeyId: caller.keyId,
          requestKey: claim === null ? null : requestKey(claim),
        });
        const result = await qualification.ask(job);
        return transact(function* (): Unit<Reply> {
          const saved = yield* qualification.finish(job, result);
          return { status: 200, body: saved ?? (yield* savedAnswer(store, job.id)) };
        });
      },
    }),
  ];
}
