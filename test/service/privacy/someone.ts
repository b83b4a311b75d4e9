import { randomUUID } from 'node:crypto';

import { startFakeCrm, type FakeCrm } from '../../fakes/crm.js';
import { inviteeCreated } from '../../fakes/calendly.js';
import { intake, makeBroker, makeOrder } from '../../support/builders.js';
import type { DatabaseName, TestDatabase } from '../../support/databases.js';
import { openOutside } from '../../support/seed.js';
import type { TestService } from '../../support/service.js';
import { startFollowUp, WANTS_TO_BOOK, type FollowUpService } from '../qualification/support.js';

/** Words that stand for a person: none of them may be left anywhere. */
export const TRACES = ['zephyrine', 'quillfeather', '2025550177', 'mandolin'];
export const PHONE = '+12025550177';
export const EMAIL = 'zephyrine.quillfeather@example.com';

export interface House extends FollowUpService {
  call: TestService['call'];
  crm: FakeCrm;
  brokerId: string;
}

/** A service that answers enquiries and distributes leads to a CRM that repeats what it is sent. */
export async function startHouse(database: DatabaseName): Promise<House> {
  const started = await startFollowUp(database, { env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8' } });
  const service = { ...started, call: started.request };
  const crm = await startFakeCrm();
  crm.behave(({ body }) => ({ kind: 'answer', status: 200, body }));
  const broker = await makeBroker(service, { name: 'Example Funding', crm_webhook_url: crm.url() });
  await makeOrder(service, { broker_id: broker.id, verticals: ['MCA'], total_leads: 100 });
  service.openai.setMode({
    kind: 'answer',
    answer: (request) => ({
      reason: `Wrote: ${request.rawBody.includes('mandolin') ? 'mandolin repair' : 'a question'}`,
      score: 90,
      decision: 'book_now',
    }),
  });
  return {
    ...service,
    crm,
    brokerId: broker.id,
    async stop() {
      await service.stop();
      await crm.close();
    },
  };
}

export interface Known {
  /** Called, wrote a form, was booked. */
  callerId: string;
  /** Assigned and handed over. */
  sentId: string;
  /** Assigned, its delivery held. */
  heldId: string;
  /** Waits in the queue. */
  waitingId: string;
  failedDeliveryId: string;
}

/** Leaves a person's traces on every path that a lead can take. */
export async function leaveTraces(
  house: House,
  person: { first: string; last: string; phone: string; email: string; hobby: string },
): Promise<Known> {
  const { first, last, phone, email, hobby } = person;
  const called = await house.missed(phone, { CallerName: `${first} ${last}` });
  await house.text(phone, `This is ${first}, about the ${hobby}.`);
  const { lead_id: callerId, task_id: taskId } = await house.form(
    {
      name: `${first} ${last}`,
      phone,
      email,
      message: `${WANTS_TO_BOOK} It is about my ${hobby}.`,
      postal_code: '20001',
    },
    { consent: { sms: true, email: true, text: `I, ${first}, may be texted.` } },
  );
  expect(callerId).toBe(called.lead_id);
  await house.work();
  await house.post('/api/messages', { lead_id: callerId, kind: 'manual', body: `Hello ${first}!` });
  await house.post(`/api/tasks/${taskId}/complete`, { outcome: 'no_answer', note: `Ask ${first}` });
  const startsAt = new Date(house.runtime.clock.now() + 86_400_000).toISOString();
  await house.calendly(
    inviteeCreated(
      { id: randomUUID(), email, name: `${first} ${last}`, phone, startsAt },
      house.runtime.clock.now(),
    ),
  );
  await house.post('/api/tasks', {
    lead_id: callerId,
    reason: 'other',
    note: `Call ${first} ${last}`,
  });
  const fields = {
    first_name: first,
    last_name: last,
    email,
    phone,
    credit_score: 700,
    funding_amount: 50_000,
    funding_purpose: `Buys a ${hobby}`,
    ai_call_notes: `${first} plays the ${hobby}.`,
    state: 'NY',
  };
  const sent = await intake(house, { ...fields, ghl_contact_id: `${last}-1`, vertical: 'MCA' });
  await house.service.deliverDue();
  house.crm.behave(({ body }) => ({ kind: 'answer', status: 400, body }));
  const refused = await intake(house, {
    ...fields,
    email: `2.${email}`,
    ghl_contact_id: `${last}-2`,
    vertical: 'MCA',
  });
  await house.service.deliverDue();
  house.crm.behave(({ body }) => ({ kind: 'answer', status: 200, body }));
  const { body: failed } = await house.get<{ data: { id: string; status: string }[] }>(
    `/api/leads/${refused.lead_id}/deliveries`,
  );
  const held = await house.post<{ lead_id: string }>('/api/leads/incoming?delivery=hold', {
    ...fields,
    email: `3.${email}`,
    ghl_contact_id: `${last}-3`,
    vertical: 'MCA',
  });
  const waiting = await intake(house, {
    ...fields,
    email: `4.${email}`,
    ghl_contact_id: `${last}-4`,
    vertical: 'Nobody takes this',
  });
  await house.patch('/api/leads/update', {
    ghl_contact_id: `${last}-1`,
    first_name: `${first} B.`,
  });
  return {
    callerId,
    sentId: sent.lead_id,
    heldId: held.body.lead_id,
    waitingId: waiting.lead_id,
    failedDeliveryId: failed.data[0]?.id ?? '',
  };
}

/** Every row of every table that holds one of the words, by table. */
export async function tracesIn(
  database: TestDatabase,
  words: readonly string[],
): Promise<Map<string, Record<string, unknown>[]>> {
  const outside = await openOutside(database);
  try {
    const found = new Map<string, Record<string, unknown>[]>();
    for (const table of await tablesOf(database)) {
      const rows = (await outside.all(`select * from "${table}"`)).filter((row) => {
        const text = JSON.stringify(row).toLowerCase();
        return words.some((word) => text.includes(word));
      });
      if (rows.length > 0) found.set(table, rows);
    }
    return found;
  } finally {
    await outside.close();
  }
}

/** Our tables as the database lists them. */
export async function tablesOf(database: TestDatabase): Promise<string[]> {
  const outside = await openOutside(database);
  try {
    const rows = await outside.all(
      database.location.kind === 'sqlite'
        ? `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
        : `select table_name as name from information_schema.tables
           where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    return rows.map(({ name }) => String(name)).filter((name) => !name.startsWith('kysely_'));
  } finally {
    await outside.close();
  }
}
