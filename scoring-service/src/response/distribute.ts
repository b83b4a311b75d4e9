import type { z } from 'zod';

import { iso, type Runtime } from '../core/clock.js';
import { conflict, erased } from '../core/errors.js';
import type { Store } from '../db/store.js';
import type { LeadsTable } from '../db/tables/leads.js';
import { insertMany, type Unit } from '../db/unit.js';
import { recordActivity, type Actor } from '../events/activity.js';
import type { Intake } from '../leads/intake.js';
import type { IntakeJob, IntakeOutcome } from '../leads/intake-unit.js';
import { incomingLeadSchema, type IncomingLead } from '../leads/lead-schema.js';
import { newLead } from '../leads/lead.js';
import { findLeadRow } from '../leads/queries.js';

/** What a distribution lead may say beside what the response lead knows. */
export const distributeSchema = incomingLeadSchema.partial({ ghl_contact_id: true });
export type DistributeInput = z.output<typeof distributeSchema>;

/** A lead that was stored, or found to be stored already. */
export type Taken = Exclude<IntakeOutcome, { error: unknown }>;

export interface DistributeDeps {
  store: Store;
  runtime: Runtime;
  defaultRegion: string;
  intake: Intake;
}

export interface Distribution<R> {
  leadId: string;
  given: DistributeInput;
  /** What was sent, as received. */
  raw: string;
  actor: Actor;
  /** Brokers whose orders alone may take it; null = all. */
  brokerIds: readonly string[] | null;
  /** Runs first in the unit; an answer from it ends the unit. */
  before?: IntakeJob<R>['before'];
  /** Makes the answer in the same unit. */
  answer: (taken: Taken) => Unit<R>;
}

/** What the distribution lead says: what the caller sends, else what the response lead knows. */
function distributionInput(lead: LeadsTable, given: DistributeInput): IncomingLead {
  const known = {
    first_name: lead.first_name,
    last_name: lead.last_name,
    business_name: lead.business_name,
    email: lead.email_key === null ? null : lead.email,
    phone: lead.phone,
    state: lead.state,
  };
  const present = Object.fromEntries(
    Object.entries(known).filter(([, value]) => value !== null),
  ) as Partial<IncomingLead>;
  const own = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<IncomingLead>;
  return {
    ...present,
    ...own,
    ghl_contact_id: given.ghl_contact_id ?? lead.ghl_contact_id ?? `response:${lead.id}`,
  };
}

/** Links the two leads and writes down who asked, in the unit of the intake. */
function* link(
  { runtime }: DistributeDeps,
  fromId: string,
  { lead_id: toId, duplicate }: Taken,
  actor: Actor,
): Unit<void> {
  const at = runtime.clock.now();
  if (!duplicate) {
    yield* insertMany('lead_links', [
      {
        id: runtime.newId(),
        lead_id: toId,
        other_lead_id: fromId,
        kind: 'distributed_from',
        created_at: iso(at),
      },
    ]);
  }
  yield* recordActivity(
    [fromId, toId].map((subjectId) => ({
      actor,
      action: 'lead.distributed',
      subjectType: 'lead',
      subjectId,
      after: { response_lead_id: fromId, distribution_lead_id: toId, duplicate },
    })),
    at,
    runtime.newId,
  );
}

/**
 * Makes a linked distribution lead from a response lead and routes it: the only way from lead
 * response into distribution. Fields given win over those of the response lead. Errors: 404; 409
 * `not_a_response_lead`; those of the intake.
 */
export async function distribute<R>(deps: DistributeDeps, asked: Distribution<R>): Promise<R> {
  const { store, runtime, defaultRegion, intake } = deps;
  const from = await findLeadRow(store, asked.leadId);
  if (from.erased_at !== null) throw erased();
  if (from.kind !== 'response') {
    throw conflict('not_a_response_lead', 'Only a response lead can be distributed.');
  }
  const lead = newLead(distributionInput(from, asked.given), {
    id: runtime.newId(),
    at: runtime.clock.now(),
    source: `distributed by ${asked.actor.name}`,
    sourceKeyId: asked.actor.id ?? asked.actor.type,
    brokerIds: asked.brokerIds,
    hold: false,
    defaultRegion,
  });
  return intake.submit<R>({
    leads: [{ lead, raw: asked.raw }],
    before: asked.before,
    *after([outcome]): Unit<R> {
      if (outcome === undefined) throw new Error('A lead has no outcome.');
      if ('error' in outcome) throw outcome.error;
      yield* link(deps, from.id, outcome, asked.actor);
      return yield* asked.answer(outcome);
    },
  });
}
