import { z } from 'zod';

import { createAppointmentSchema } from '../../appointments/appointment-schema.js';
import { bookAppointment } from '../../appointments/book.js';
import { getBusiness } from '../../businesses/queries.js';
import { amount, text } from '../../core/fields.js';
import { getLead } from '../../leads/queries.js';
import { sendByHand } from '../../messaging/by-hand.js';
import { distribute, distributeSchema } from '../../response/distribute.js';
import { acceptSuggestion, dismissSuggestion } from '../../response/merge.js';
import { unmerge } from '../../response/unmerge.js';
import { createTask } from '../../tasks/create.js';
import { createTaskSchema } from '../../tasks/task.js';
import { localInstant } from '../data/local-time.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, type Action, type View } from '../screen.js';

const idOf = (view: View): string => view.params.id ?? '';
const pathOf = (view: View): string => `/leads/${idOf(view)}`;

const textSchema = z.object({ body: text(1600) });
/** An amount that is no amount is a slip of a person, to be said before anything is made. */
const distributionSchema = distributeSchema.extend({ funding_amount: amount.optional() });
const DISTRIBUTED = [
  'vertical',
  'funding_amount',
  'credit_score',
  'state',
  'business_name',
  'funding_purpose',
] as const;

/** What the page of a response lead does: the functions that the API's routes call. */
export function responseActions(deps: DashboardDeps): Record<string, Action> {
  const { store, response, appointments, intake } = deps;

  /** A local time of the lead's business as a moment; nothing when nothing was typed. */
  const moment = async (view: View, typed: string, field: string) => {
    if (typed === '') return {};
    const lead = await getLead(store, idOf(view));
    const timezone =
      lead.business_id === null
        ? view.timezone
        : (await getBusiness(store, lead.business_id, [])).timezone;
    return { [field]: localInstant(typed, timezone, field) };
  };

  return {
    merge: {
      scope: 'operate',
      async run(view, form) {
        await store.unit(() =>
          acceptSuggestion(response.deps, form.get('suggestion_id'), view.actor),
        );
        return { goTo: address(pathOf(view), { done: 'leads_merged' }) };
      },
    },
    keep_apart: {
      scope: 'operate',
      async run(view, form) {
        await store.unit(() =>
          dismissSuggestion(response.deps, form.get('suggestion_id'), view.actor),
        );
        return { goTo: address(pathOf(view), { done: 'suggestion_dismissed' }) };
      },
    },
    unmerge: {
      scope: 'operate',
      async run(view, form) {
        const part = form.get('part_id');
        await store.unit(() =>
          unmerge(response.deps, idOf(view), part === '' ? null : part, view.actor),
        );
        return { goTo: address(pathOf(view), { done: 'leads_parted' }) };
      },
    },
    text: {
      scope: 'operate',
      async run(view, form) {
        const { body } = check(textSchema, pick(form, ['body']));
        const row = await store.unit(() =>
          sendByHand(response.deps, { lead_id: idOf(view), body }, view.actor),
        );
        const decided = address(pathOf(view), { done: 'text_decided', message: row.id });
        return { goTo: `${decided}#message` };
      },
    },
    task: {
      scope: 'operate',
      async run(view, form) {
        const input = check(createTaskSchema, {
          lead_id: idOf(view),
          ...pick(form, ['owner_id', 'note']),
          ...(await moment(view, form.get('due_at'), 'due_at')),
        });
        const task = await store.unit(() => createTask(response.deps, input, view.actor));
        return { goTo: address(`/tasks/${task.id}`, { done: 'task_created' }) };
      },
    },
    book: {
      scope: 'operate',
      async run(view, form) {
        const input = check(createAppointmentSchema, {
          lead_id: idOf(view),
          ...pick(form, ['service_type']),
          ...(await moment(view, form.get('scheduled_at'), 'scheduled_at')),
        });
        const { row, created } = await store.unit(() =>
          bookAppointment(appointments, input, view.actor),
        );
        const done = created ? 'appointment_booked' : 'appointment_known';
        return { goTo: address(`/appointments/${row.id}`, { done }) };
      },
    },
    distribute: {
      scope: 'operate',
      async run(view, form) {
        const typed = pick(form, DISTRIBUTED);
        const taken = await distribute(
          { ...response.deps, intake },
          {
            leadId: idOf(view),
            given: check(distributionSchema, typed),
            raw: JSON.stringify(typed),
            actor: view.actor,
            brokerIds: null,
            *answer(outcome) {
              yield* [];
              return outcome;
            },
          },
        );
        const done = taken.duplicate ? 'lead_distributed_before' : 'lead_distributed';
        return { goTo: address(`/leads/${taken.lead_id}`, { done }) };
      },
    },
  };
}
