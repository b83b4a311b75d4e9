import { status } from '../fakes/crm.js';
import type { Json, Stage } from './stage.js';
import type { Teller } from './tell.js';

export const DISTRIBUTION_STEPS = 8;

interface Market {
  /** Takes leads at once. */
  north: Json;
  /** Takes calls from one o'clock. */
  east: Json;
  /** Its CRM fails when told to. */
  west: Json;
}

/** Three brokers with a CRM each, and what they ordered. */
async function openMarket(stage: Stage): Promise<Market> {
  const broker = (name: string, more: Json): Promise<Json> =>
    stage.post('/brokers', { name, ...more });
  const north = await broker('North Funding', {
    crm_webhook_url: stage.crm.url('/north'),
    contact_hours: 'anytime',
  });
  const east = await broker('East Capital', {
    crm_webhook_url: stage.crm.url('/east'),
    timezone: 'America/New_York',
    contact_hours: 'custom',
    custom_hours: [{ days: [1, 2, 3, 4, 5], start: '13:00', end: '17:00' }],
  });
  const west = await broker('West Loans', {
    crm_webhook_url: stage.failingCrm.url('/west'),
    contact_hours: 'anytime',
  });
  const order = (of: Json, name: string, verticals: string[], more: Json = {}): Promise<Json> =>
    stage.post('/orders', { broker_id: of.id, name, verticals, total_leads: 50, ...more });
  await order(north, 'MCA, good credit', ['MCA'], { credit_score_min: 650 });
  await order(east, 'Equipment', ['Equipment']);
  await order(west, 'Real estate', ['Real Estate']);
  return { north, east, west };
}

const lead = (contact: string, more: Json = {}): Json => ({
  ghl_contact_id: contact,
  first_name: 'Sam',
  last_name: 'Example',
  email: `${contact}@example.com`,
  vertical: 'MCA',
  credit_score: 700,
  funding_amount: '$50,000',
  state: 'TX',
  ...more,
});

const deliveryOf = async (stage: Stage, answer: Json): Promise<Json> =>
  stage.get(`/deliveries/${answer.assignment?.delivery_ids?.[0]}`);

const attempts = (delivery: Json): string =>
  (delivery.attempts as Json[]).map((one) => one.http_status ?? one.outcome).join(', ');

/** Every way a lead can go between brokers. */
export async function distribution(stage: Stage, tell: Teller): Promise<void> {
  tell.chapter('Lead distribution: many brokers, one lead each');
  const { north, east, west } = await openMarket(stage);
  const names = new Map([north, east, west].map((broker) => [broker.id, broker.name]));
  const send = async (body: Json): Promise<Json> => {
    tell.came(
      `${body.vertical}, credit ${body.credit_score}, ${body.funding_amount}, contact ${body.ghl_contact_id}`,
    );
    return stage.post('/leads/incoming', body);
  };

  tell.step('A lead that fits an order is assigned and handed to the broker');
  const first = await send(lead('contact-1'));
  await stage.settle();
  tell.decided(
    `${first.assignment?.status}: ${names.get(first.assignment?.broker_id)}, score ${first.assignment?.score}`,
  );
  const handed = await deliveryOf(stage, first);
  tell.out(
    `signed webhook to ${names.get(handed.broker_id)}: ${handed.status} (${attempts(handed)})`,
  );

  tell.step('A lead that fits no order waits in the unassigned queue');
  const waiting = await send(lead('contact-2', { credit_score: 610 }));
  tell.decided(`${waiting.assignment?.status}: ${waiting.assignment?.reason_code}`);
  const logs = await stage.get(`/leads/${waiting.lead_id}/routing-logs`);
  tell.out(
    `nothing; ${(logs.data as Json[]).length} orders considered, each with its reason, are kept`,
  );

  tell.step('A lead below the credit floor is rejected');
  const rejected = await send(lead('contact-3', { credit_score: 520 }));
  tell.decided(`${rejected.status}: ${rejected.reason}`);

  tell.step('The same lead again is a duplicate: one lead, one delivery');
  const again = await send(lead('contact-1'));
  tell.decided(
    `the lead there is: ${again.lead_id === first.lead_id ? 'the same id' : 'ANOTHER ID'}`,
  );
  tell.out('nothing a second time');

  tell.step('Outside the broker’s contact hours the delivery waits for them');
  const queued = await send(lead('contact-4', { vertical: 'Equipment' }));
  const held = await deliveryOf(stage, queued);
  tell.decided(
    `assigned to ${names.get(held.broker_id)}, ${held.reason_code}: release at ${held.release_at}`,
  );
  stage.clock.moveTo(Date.parse(held.release_at) + 1000);
  tell.clock('moved to the opening');
  await stage.settle();
  const released = await deliveryOf(stage, queued);
  tell.out(
    `webhook to ${names.get(released.broker_id)}: ${released.status} (${attempts(released)})`,
  );

  tell.step('A CRM that fails is tried again');
  stage.failingCrm.next(status(503));
  const retried = await send(lead('contact-5', { vertical: 'Real Estate' }));
  await stage.settle();
  const failedOnce = await deliveryOf(stage, retried);
  tell.out(`first attempt: ${attempts(failedOnce)}; next at ${failedOnce.next_attempt_at}`);
  stage.clock.moveTo(Date.parse(failedOnce.next_attempt_at) + 1000);
  tell.clock('moved there');
  await stage.settle();
  const sent = await deliveryOf(stage, retried);
  const ids = new Set(stage.failingCrm.requests.map(({ headers }) => headers['webhook-id']));
  tell.out(
    `second attempt: ${sent.status} (${attempts(sent)}), under ${ids.size === 1 ? 'the same' : 'ANOTHER'} webhook-id`,
  );

  tell.step('A CRM that stays down fails the delivery; a replay hands it over later');
  const down = stage.clock.now();
  stage.failingCrm.behave(status(500));
  const lost = await send(lead('contact-6', { vertical: 'Real Estate' }));
  await stage.settle();
  for (let turn = 0; turn < 6; turn += 1) {
    const { next_attempt_at: next } = await deliveryOf(stage, lost);
    if (next == null) break;
    stage.clock.moveTo(Date.parse(next) + 1000);
    await stage.settle();
  }
  const failed = await deliveryOf(stage, lost);
  tell.decided(`${failed.status} after the last attempt (${attempts(failed)})`);
  stage.failingCrm.behave({ kind: 'answer', status: 200 });
  const replay = await stage.post(`/brokers/${west.id}/replay`, {
    since: new Date(down).toISOString(),
  });
  tell.came(`the CRM is back; a person replays what failed: ${replay.replayed} delivery`);
  await stage.settle();
  tell.out(`webhook to ${names.get(failed.broker_id)}: ${(await deliveryOf(stage, lost)).status}`);

  tell.step('The simulator says what it would take to win, and writes nothing');
  const simulated = await stage.post('/routing/simulate', {
    lead: { vertical: 'MCA', credit_score: 610, funding_amount: 50_000 },
  });
  tell.came('the lead of step 2, which no order took');
  const considered = simulated.considered as Json[];
  const near = considered.find(({ to_win: toWin }) => toWin?.single_change != null);
  tell.decided(
    `${simulated.decision.status}: ${simulated.decision.reason_code}; ${considered.length} orders considered`,
  );
  if (near !== undefined) {
    const { field, to } = near.to_win.single_change as Json;
    tell.out(
      `one change would win: ${field} = ${JSON.stringify(to)} (${(near.failed_filters as string[]).join(', ')} failed)`,
    );
  }
}
