import { assignByHand, reassign } from '../leads/manual-assignment.js';
import { flag, id } from '../core/fields.js';
import { z } from 'zod';
import type { DashboardDeps } from './deps.js';
import { check, pick, type Form } from './form.js';
import type { View } from './screen.js';

const choiceSchema = z.object({
  lead_id: id,
  order_id: id,
  override_capacity: flag.default(false),
});

/** Gives a lead to the order that a person chose, as the API's routes of the same names do. */
export async function assignFromForm(
  deps: DashboardDeps,
  view: View,
  form: Form,
  verb: 'assign' | 'reassign',
): Promise<void> {
  const choice = check(choiceSchema, pick(form, ['lead_id', 'order_id', 'override_capacity']));
  const move = verb === 'assign' ? assignByHand : reassign;
  await deps.store.unit(
    () =>
      move(deps.routing, {
        leadId: choice.lead_id,
        orderId: choice.order_id,
        overrideCapacity: choice.override_capacity,
        actor: view.actor,
      }),
    { lock: 'routing' },
  );
  if (verb === 'reassign') deps.orders.capacityChanged();
}
