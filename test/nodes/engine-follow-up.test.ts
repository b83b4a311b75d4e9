import type { IDataObject } from 'n8n-workflow';

import {
  inviteeCanceled,
  inviteeCreated,
  inviteeNoShow,
  type SignedWebhook,
} from '../fakes/calendly.js';
import {
  HAS_A_QUESTION,
  startFollowUp,
  type FollowUpService,
} from '../service/qualification/support.js';
import { BUSINESS_PHONE } from '../service/response/support.js';
import { items, openWorkbench, rawItem, rlc, type Workbench } from './support/workbench.js';

const UNKNOWN = '0197a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b';

/** Tasks, appointments, messages and suppressions: what follows an enquiry. */
describe('follow-up through the engine of n8n against the real service', () => {
  let service: FollowUpService;
  let bench: Workbench;

  beforeAll(async () => {
    service = await startFollowUp('sqlite');
    bench = await openWorkbench(service);
  });
  afterAll(() => service.stop());

  let serial = 0;
  /** A lead that wrote a form and agreed to be texted, with its open task. */
  const enquiry = async (): Promise<{ leadId: string; taskId: string; phone: string }> => {
    serial += 1;
    const phone = `+120255501${String(10 + serial)}`;
    const form = await service.form({
      name: 'Ann Example',
      email: `ann${serial}@example.com`,
      phone,
      message: HAS_A_QUESTION,
    });
    return { leadId: form.lead_id, taskId: form.task_id, phone };
  };
  const staff = async (name: string): Promise<string> => {
    const made = await service.post<{ id: string }>('/api/staff', { name });
    return made.body.id;
  };
  const readTask = async (id: string): Promise<IDataObject> =>
    (await service.get<IDataObject>(`/api/tasks/${id}`)).body;

  describe('Task', () => {
    test('is claimed by the person chosen, and completed with outcome and note', async () => {
      const { taskId, leadId } = await enquiry();
      const owner = await staff('Front desk');
      const [claimed] = await bench.leadLoop(
        'task',
        'claim',
        { staffId: rlc(owner) },
        items({ task_id: taskId }),
      );
      expect(claimed).toEqual({
        id: taskId,
        lead_id: leadId,
        reason: expect.any(String) as unknown,
        owner_id: owner,
        due_at: expect.any(String) as unknown,
        state: 'claimed',
        needs_review: false,
        outcome: null,
        version: 2,
      });
      const [completed] = await bench.leadLoop(
        'task',
        'complete',
        { outcome: 'no_answer', note: 'Rang twice', simplify: false },
        items({ data: { task_id: taskId } }),
      );
      expect(completed).toEqual(await readTask(taskId));
      expect(completed).toMatchObject({
        state: 'completed',
        claimed_by: owner,
        outcome: 'no_answer',
        note: 'Rang twice',
      });
      expect(await service.lead(leadId)).toMatchObject({ status: 'closed' });
    });

    test('is claimed for its owner when nobody is chosen, and only once', async () => {
      const { taskId } = await enquiry();
      const [claimed] = await bench.leadLoop('task', 'claim', {}, items({ task_id: taskId }));
      expect(claimed).toMatchObject({ state: 'claimed' });
      const refused = await bench.refusal('task', 'claim', {}, items({ task_id: taskId }));
      expect(refused).toMatchObject({
        message: expect.stringMatching(/^Item 0: .*claimed/i) as unknown,
        httpCode: '409',
      });
    });

    test('is cancelled, and made anew with owner, deadline and note', async () => {
      const { taskId, leadId } = await enquiry();
      const again = { reason: 'Asked for a call after 5 pm', note: 'Prefers the afternoon' };
      const open = await bench.refusal('task', 'create', again, items({ lead_id: leadId }));
      expect(open).toMatchObject({
        message: 'Item 0: The lead has an open task already',
        httpCode: '409',
      });
      const [cancelled] = await bench.leadLoop(
        'task',
        'cancel',
        { note: 'Called back already' },
        items({ task_id: taskId }),
      );
      expect(cancelled).toMatchObject({ state: 'cancelled' });
      expect(await readTask(taskId)).toMatchObject({ note: 'Called back already' });

      const owner = await staff('Callback desk');
      const [made] = await bench.leadLoop(
        'task',
        'create',
        { ...again, staffId: rlc(owner), dueAt: '2026-03-10T20:00:00-04:00' },
        items({ lead_id: leadId }),
      );
      expect(await readTask(String(made?.id))).toMatchObject({
        lead_id: leadId,
        reason: 'Asked for a call after 5 pm',
        note: 'Prefers the afternoon',
        owner_id: owner,
        due_at: '2026-03-11T00:00:00.000Z',
        state: 'open',
      });
      expect(await service.lead(leadId)).toMatchObject({ status: 'open' });
    });

    test('a deadline without an offset is refused by its field', async () => {
      const { leadId, taskId } = await enquiry();
      await bench.leadLoop('task', 'cancel', {}, items({ task_id: taskId }));
      const refused = await bench.refusal(
        'task',
        'create',
        { reason: 'later', dueAt: 'tomorrow' },
        items({ lead_id: leadId }),
      );
      expect(refused.message).toMatch(/^Item 0: .*due_at must be/);
    });

    test('Get Many filters by state, lead, owner and deadline, past a page', async () => {
      const { leadId, taskId } = await enquiry();
      const filtered = (filters: IDataObject, more: IDataObject = {}) =>
        bench.leadLoop('task', 'getAll', { filters, ...more });
      expect(await filtered({ lead_id: leadId, state: 'open' })).toMatchObject([{ id: taskId }]);
      expect(await filtered({ lead_id: leadId, state: 'escalated' })).toEqual([]);
      expect(await filtered({ lead_id: leadId, overdue: true })).toEqual([]);
      expect(await filtered({ lead_id: leadId, overdue: false })).toMatchObject([{ id: taskId }]);
      const all = await filtered({}, { returnAll: true });
      expect(all).toHaveLength((await service.tasks()).length);
      expect(await filtered({}, { limit: 2 })).toEqual(all.slice(0, 2));
    });

    test('one that does not exist is named as such', async () => {
      expect(await bench.refusal('task', 'cancel', {}, items({ task_id: UNKNOWN }))).toMatchObject({
        message: expect.stringMatching(/^Item 0: .*task/) as unknown,
        httpCode: '404',
      });
    });
  });

  describe('Appointment', () => {
    const AT = '2026-03-16T10:00:00-04:00';

    async function booked(): Promise<string> {
      const { leadId } = await enquiry();
      const [made] = await bench.leadLoop(
        'appointment',
        'create',
        { serviceType: 'Cleaning' },
        items({ lead_id: leadId, scheduled_at: AT }),
      );
      return String(made?.id);
    }
    const update = (id: string, updateFields: IDataObject) =>
      bench.leadLoop('appointment', 'update', { updateFields }, items({ appointment_id: id }));

    test('is made with its review request, and completes the open task', async () => {
      const { leadId, taskId } = await enquiry();
      const [made] = await bench.leadLoop(
        'appointment',
        'create',
        { serviceType: 'Cleaning' },
        items({ lead_id: leadId, scheduled_at: AT }),
      );
      expect(made).toEqual(await service.appointment(String(made?.id)));
      expect(made).toMatchObject({
        lead_id: leadId,
        scheduled_at: '2026-03-16T14:00:00.000Z',
        service_type: 'Cleaning',
        status: 'scheduled',
        review_request: { status: 'scheduled' },
      });
      expect(await readTask(taskId)).toMatchObject({
        state: 'completed',
        outcome: 'callback_booked',
      });
    });

    test.each([
      ['completed', 'scheduled'],
      ['cancelled', 'cancelled'],
      ['no_show', 'cancelled'],
    ])('told that it was %s, its review request is %s', async (status, review) => {
      const id = await booked();
      const [changed] = await update(id, { status });
      expect(changed).toMatchObject({ status, review_request: { status: review }, version: 2 });
      expect(changed).toEqual({ ...(await service.appointment(id)), repeated: false });
      expect(await update(id, { status })).toEqual([{ ...changed, repeated: true }]);
    });

    test('is moved, and comes back to scheduled', async () => {
      const id = await booked();
      await update(id, { status: 'cancelled' });
      const [moved] = await update(id, {
        status: 'scheduled',
        scheduled_at: '2026-03-17T09:00:00-04:00',
        service_type: '',
      });
      expect(moved).toMatchObject({
        status: 'scheduled',
        scheduled_at: '2026-03-17T13:00:00.000Z',
        service_type: null,
        review_request: { status: 'scheduled' },
      });
    });

    test('a change made since it was read is not overwritten', async () => {
      const id = await booked();
      await update(id, { status: 'no_show' });
      const refused = await bench.refusal(
        'appointment',
        'update',
        { updateFields: { status: 'completed', version: 1 } },
        items({ appointment_id: id }),
      );
      expect(refused).toMatchObject({
        message: expect.stringMatching(/^Item 0: Somebody changed this/) as unknown,
        description: 'Read the record again and decide anew.',
        httpCode: '409',
      });
      expect(await service.appointment(id)).toMatchObject({ status: 'no_show' });
    });

    const calendly = ({ rawBody, headers }: SignedWebhook) =>
      rawItem(rawBody, headers as unknown as IDataObject);

    test('Handle Calendly Event books, cancels and marks no-shows by the signed bytes', async () => {
      const now = service.runtime.clock.now();
      const one = { id: 'N1', email: 'cal1@example.com', startsAt: '2026-03-18T15:00:00.000000Z' };
      const two = { id: 'N2', email: 'cal2@example.com', startsAt: '2026-03-18T16:00:00.000000Z' };
      const outcomes = await bench.leadLoop('appointment', 'handleCalendlyEvent', {}, [
        calendly(inviteeCreated(one, now)),
        calendly(inviteeCreated(two, now)),
        calendly(inviteeCanceled(one, now)),
        calendly(inviteeNoShow(two, now)),
        calendly(inviteeCanceled(one, now)),
      ]);
      expect(outcomes.map(({ repeated }) => repeated)).toEqual([false, false, false, false, true]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual([
        'booked',
        'booked',
        'cancelled',
        'no_show',
        'cancelled',
      ]);
      expect(await service.appointment(String(outcomes[0]?.appointment_id))).toMatchObject({
        status: 'cancelled',
        lead_id: outcomes[0]?.lead_id,
      });
      expect(await service.appointment(String(outcomes[1]?.appointment_id))).toMatchObject({
        status: 'no_show',
      });
    });

    test('an event with a forged signature is refused and books nothing', async () => {
      const webhook = inviteeCreated({ id: 'N3' }, service.runtime.clock.now());
      const forged = rawItem(Buffer.from(`${webhook.rawBody.toString('utf8')} `), {
        ...webhook.headers,
      });
      const before = (await service.appointments()).length;
      expect(
        (await bench.refusal('appointment', 'handleCalendlyEvent', {}, [forged])).message,
      ).toMatch(/does not prove that it comes from calendly/);
      expect(await service.appointments()).toHaveLength(before);
    });
  });

  describe('Message and Suppression', () => {
    test('a text to a lead is sent, with the rules it passed on request', async () => {
      const { leadId, phone } = await enquiry();
      await service.work();
      const [sent] = await bench.leadLoop(
        'message',
        'send',
        { body: 'Thank you. We will ring you back.' },
        items({ lead_id: leadId }),
      );
      expect(sent).toEqual({
        id: expect.any(String) as unknown,
        kind: 'manual',
        to: phone,
        body: expect.stringContaining('We will ring you back.') as unknown,
        status: 'queued',
        reason_code: null,
        send_at: null,
      });
      await service.work();
      expect((await service.get(`/api/messages/${String(sent?.id)}`)).body).toMatchObject({
        status: 'sent',
      });
      const [whole] = await bench.leadLoop(
        'message',
        'send',
        { body: 'Until tomorrow.', simplify: false },
        items({ lead_id: leadId }),
      );
      expect(whole).toHaveProperty('checks.0.code');
    });

    test('a text to a number needs no lead, and one that may not go says why', async () => {
      const parameters = { recipient: 'phone', body: 'Hello.' };
      const [toNumber] = await bench.leadLoop(
        'message',
        'send',
        parameters,
        items({ phone: '+1 202 555 0171' }),
      );
      expect(toNumber).toMatchObject({ to: '+12025550171' });
      expect(typeof toNumber?.status).toBe('string');
      await bench.leadLoop('suppression', 'add', { reason: 'Asked' }, [
        { json: { phone: '+1 202 555 0172' } },
      ]);
      const [skipped] = await bench.leadLoop(
        'message',
        'send',
        parameters,
        items({ phone: '(202) 555-0172' }),
      );
      expect(skipped).toMatchObject({ status: 'skipped', reason_code: 'suppressed' });
      const wrong = await bench.refusal('message', 'send', parameters, items({ phone: 'none' }));
      expect(wrong.message).toMatch(/^Item 0: .*to must have/);
    });

    test('phone and email are both suppressed, found by either, and both taken off again', async () => {
      const person = { phone: '(202) 555-0173', email: 'Stop@Example.com' };
      const added = await bench.leadLoop(
        'suppression',
        'add',
        { reason: 'Asked on the phone' },
        items(person),
      );
      expect(added).toMatchObject([
        { phone: '+12025550173', email: null, reason: 'Asked on the phone', source: 'api' },
        { phone: null, email: 'stop@example.com' },
      ]);
      const check = (json: IDataObject) => bench.leadLoop('suppression', 'check', {}, items(json));
      expect(await check({ phone: '+12025550173' })).toMatchObject([
        { suppressed: true, id: added[0]?.id, reason: 'Asked on the phone' },
      ]);
      expect(await check({ email: 'stop@example.com' })).toMatchObject([{ suppressed: true }]);

      const [removed] = await bench.leadLoop(
        'suppression',
        'remove',
        { reason: 'Signed up again' },
        items(person),
      );
      expect(removed).toEqual({
        ...person,
        removed: 2,
        suppression_ids: added.map(({ id }) => id),
      });
      expect(await check(person)).toMatchObject([{ suppressed: false, id: null }]);
      const lists = await service.get<{ data: IDataObject[] }>('/api/suppressions?removed=true');
      expect(lists.body.data.filter(({ id }) => id === added[0]?.id)).toMatchObject([
        { removed_reason: 'Signed up again' },
      ]);
      expect(
        await bench.leadLoop('suppression', 'remove', { reason: 'Again' }, items(person)),
      ).toMatchObject([{ removed: 0, suppression_ids: [] }]);
    });

    test('what is no phone number is refused by its field', async () => {
      const refused = await bench.refusal('suppression', 'check', {}, items({ phone: 'nobody' }));
      expect(refused.message).toMatch(/^Item 0: .*phone must have/);
    });
  });

  test('From List finds leads, businesses and staff by name', async () => {
    const id = await staff('Findable Person');
    const { leadId } = await enquiry();
    const people = await bench.search('leadLoop', 'searchStaff', 'findable');
    expect(people.results).toEqual([{ name: 'Findable Person', value: id }]);
    const businesses = await bench.search('leadLoopQualify', 'searchBusinesses', 'dental');
    expect(businesses.results).toMatchObject([{ name: 'Example Dental' }]);
    const leads = await bench.search('leadLoop', 'searchLeads', `ann${serial}@example.com`);
    expect(leads.results).toEqual([
      { name: expect.stringContaining('Ann Example') as unknown, value: leadId },
    ]);
    expect(JSON.stringify(leads)).not.toContain(BUSINESS_PHONE);
  });
});
