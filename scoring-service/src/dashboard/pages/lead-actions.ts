import { retryDelivery } from '../../delivery/actions/by-hand.js';
import { editLeadSchema } from '../../leads/lead-schema.js';
import { getLead } from '../../leads/queries.js';
import { reroute, type Rerouted } from '../../leads/rerouting.js';
import { editLead, type UpdatedLead } from '../../leads/update.js';
import { assignFromForm } from '../assign.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, type Action, type View } from '../screen.js';
import { readEdit } from './lead-edit.js';

const pathOf = (view: View): string => `/leads/${view.params.id ?? ''}`;

/** What the page of a distribution lead does: the functions that the API's routes call. */
export function distributionActions(deps: DashboardDeps): Record<string, Action> {
  const { store, routing, orders, settings } = deps;

  /** After the commit: what was read for routing is let go, a new month has leads tried again. */
  const settle = (done: Rerouted): void => {
    done.session.committed();
    if (done.resets > 0) orders.capacityChanged();
  };

  return {
    assign: {
      scope: 'operate',
      async run(view, form) {
        await assignFromForm(deps, view, form, 'assign');
        return { goTo: address(pathOf(view), { done: 'lead_assigned' }) };
      },
    },
    reassign: {
      scope: 'operate',
      async run(view, form) {
        await assignFromForm(deps, view, form, 'reassign');
        return { goTo: address(pathOf(view), { done: 'lead_reassigned' }) };
      },
    },
    reroute: {
      scope: 'operate',
      async run(view) {
        settle(
          await store.unit(() => reroute(routing, view.params.id ?? '', view.actor), {
            lock: 'routing',
          }),
        );
        return { goTo: address(pathOf(view), { done: 'lead_routed' }) };
      },
    },
    edit: {
      // As PATCH /api/leads/update, which is for those who may send leads in.
      scope: 'intake',
      async run(view, form) {
        const id = view.params.id ?? '';
        const input = check(editLeadSchema, {
          ...readEdit(form, await getLead(store, id)),
          ...pick(form, ['version']),
        });
        const updated: UpdatedLead = await store.unit(
          () =>
            editLead(
              {
                routing,
                defaultRegion: settings.DEFAULT_REGION,
                rerouteOnUpdate: settings.REROUTE_ON_UPDATE,
              },
              id,
              input,
              view.actor,
            ),
          { lock: 'routing' },
        );
        if (updated.rerouted !== null) settle(updated.rerouted);
        const done = updated.rerouted === null ? 'lead_updated' : 'lead_updated_routed';
        return { goTo: address(pathOf(view), { done }) };
      },
    },
    retry_delivery: {
      scope: 'operate',
      async run(view, form) {
        await store.unit(() =>
          retryDelivery(deps.deliveries.actions, form.get('delivery_id'), view.actor),
        );
        deps.deliveries.runner.wake();
        return { goTo: `${address(pathOf(view), { done: 'delivery_retried' })}#deliveries` };
      },
    },
  };
}
