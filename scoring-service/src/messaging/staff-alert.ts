import type { Business } from '../businesses/business-schema.js';
import type { Staff } from '../businesses/staff-schema.js';
import { first, type Unit } from '../db/unit.js';
import { SYSTEM } from '../events/activity.js';
import type { MessagingDeps } from './deps.js';
import { planMessage } from './outbox.js';
import { templateText } from './texts.js';

/**
 * Texts a member of staff about a lead's task, if that person wants texts. The event that workflows
 * route goes out whether or not.
 */
export function* alertByText(
  deps: MessagingDeps,
  {
    business,
    staff,
    leadId,
    taskId,
    dueAt,
  }: {
    business: Business;
    staff: Staff;
    leadId: string;
    taskId: string | null;
    dueAt: number | null;
  },
): Unit<void> {
  if (!staff.alerts_by_text || staff.phone === null) return;
  const { store, runtime } = deps;
  const lead = yield* first(
    store.db.selectFrom('leads').select(['first_name', 'last_name']).where('id', '=', leadId),
  );
  yield* planMessage(deps, {
    kind: 'staff_alert',
    channel: 'sms',
    business,
    leadId,
    staffId: staff.id,
    taskId,
    to: staff.phone,
    body: templateText('staff_alert', business, lead ?? null, dueAt, runtime.clock.now()),
    rerender: true,
    consent: { source: { source: 'staff' }, state: null, postal_code: null },
    quietSetting: staff.quiet_hours,
    actor: SYSTEM,
  });
}
