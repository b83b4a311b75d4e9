import { DATABASES } from '../../support/databases.js';
import { ANN, BOB, startResponse, type ResponseService, type Task } from './support.js';

const MINUTE = 60_000;

describe.each(DATABASES)('callback tasks on %s', (database) => {
  let service: ResponseService;

  beforeEach(async () => {
    service = await startResponse(database);
  });
  afterEach(() => service.stop());

  const staff = async (name: string, more: Record<string, unknown> = {}): Promise<string> => {
    const made = await service.post<{ id: string }>('/api/staff', { name, ...more });
    expect(made.status).toBe(201);
    return made.body.id;
  };
  const task = async (): Promise<Task> => {
    const tasks = await service.tasks();
    const [first] = tasks;
    if (first === undefined || tasks.length > 1) throw new Error(`${tasks.length} tasks`);
    return first;
  };
  const act = (id: string, verb: string, body: unknown = {}) =>
    service.post(`/api/tasks/${id}/${verb}`, body);

  test.each([
    // 16:50 on a Friday, 30 minutes, closing at 17:00: 09:20 on Monday.
    ['2026-03-13T20:50:00.000Z', '2026-03-16T13:20:00.000Z'],
    // Before daylight saving time starts, due after it: Monday 09:20 is an hour earlier in UTC.
    ['2026-03-06T21:50:00.000Z', '2026-03-09T13:20:00.000Z'],
    ['2026-03-10T15:00:00.000Z', '2026-03-10T15:30:00.000Z'],
    ['2026-03-14T15:00:00.000Z', '2026-03-16T13:30:00.000Z'],
  ])('what comes in at %s is due at %s: only open minutes count', async (at, due) => {
    service.runtime.set(at);
    await service.missed(ANN);
    expect(await task()).toMatchObject({ due_at: due });
  });

  test('the first rule that fits service and area chooses the owner, else the default owner', async () => {
    const desk = await staff('Front desk');
    const implants = await staff('Implant desk');
    const texas = await staff('Texas desk');
    const put = await service.request('PUT', '/api/ownership-rules', {
      rules: [
        { services: ['implants'], areas: [], owner_id: implants },
        { services: [], areas: ['TX', '750'], owner_id: texas },
      ],
    });
    expect(put).toMatchObject({ status: 200, body: { version: 1 } });
    const owners = [];
    for (const fields of [
      { name: 'A', phone: '+12025550131', service: 'Implants' },
      { name: 'B', phone: '+12025550132', state: 'Texas' },
      { name: 'C', phone: '+12025550133', postal_code: '75001' },
      { name: 'D', phone: '+12025550134', service: 'cleaning' },
    ]) {
      const { task_id } = await service.form(fields);
      owners.push((await service.get<Task>(`/api/tasks/${task_id}`)).body.owner_id);
    }
    expect(owners).toEqual([implants, texas, texas, desk]);
    const stale = await service.request('PUT', '/api/ownership-rules', { version: 0, rules: [] });
    expect(stale).toMatchObject({ status: 409, body: { error: 'stale_version' } });
    const bad = await service.request('PUT', '/api/ownership-rules', {
      rules: [{ owner_id: '018f0000-0000-7000-8000-000000000000' }],
    });
    expect(bad).toMatchObject({
      status: 400,
      body: { details: { 'rules.0.owner_id': expect.any(String) } },
    });
  });

  test('a form that names the service moves an unclaimed task to its owner', async () => {
    await staff('Front desk');
    const implants = await staff('Implant desk');
    await service.request('PUT', '/api/ownership-rules', {
      rules: [{ services: ['implants'], owner_id: implants }],
    });
    await service.missed(ANN);
    await service.form({ name: 'Ann Example', phone: ANN, service: 'implants' });
    expect(await task()).toMatchObject({ owner_id: implants, state: 'open' });
  });

  test('urgent words mark a task for review, once each, and declare nothing', async () => {
    const { body } = await service.get<{ data: { id: string; version: number }[] }>(
      '/api/businesses',
    );
    const [business] = body.data;
    await service.patch(`/api/businesses/${business?.id ?? ''}`, {
      version: business?.version,
      urgent_keywords: ['severe pain', 'bleeding'],
    });
    await service.missed(ANN);
    expect(await task()).toMatchObject({ needs_review: false, matched_words: [] });
    await service.text(ANN, 'Severe PAIN since yesterday');
    await service.text(ANN, 'severe pain, and bleeding');
    expect(await task()).toMatchObject({
      needs_review: true,
      matched_words: ['severe pain', 'bleeding'],
      state: 'open',
    });
  });

  test('of two people who claim at once one wins and the other gets 409', async () => {
    const people = [await staff('Ann Desk'), await staff('Bob Desk')];
    await service.missed(ANN);
    const { id, version } = await task();
    const answers = await Promise.all(
      people.map((staff_id) => act(id, 'claim', { staff_id, version })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = people[answers.findIndex(({ status }) => status === 200)];
    expect(await task()).toMatchObject({
      state: 'claimed',
      owner_id: winner,
      version: version + 1,
    });
    const late = await act(id, 'claim', { staff_id: people.find((person) => person !== winner) });
    expect(late).toMatchObject({ status: 409, body: { error: 'already_claimed' } });
  });

  test('two claims of one key without a name are still one claim', async () => {
    await service.missed(ANN);
    const { id } = await task();
    const answers = await Promise.all([act(id, 'claim'), act(id, 'claim')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('actions on an outdated copy or a closed task are refused', async () => {
    await service.missed(ANN);
    const { id } = await task();
    expect(await act(id, 'claim', { version: 7 })).toMatchObject({
      status: 409,
      body: { error: 'stale_version' },
    });
    expect((await act(id, 'complete', {})).status).toBe(400);
    expect((await act(id, 'complete', { outcome: 'flew away' })).status).toBe(400);
    expect(
      (await act(id, 'complete', { outcome: 'no_answer', note: 'rang twice' })).body,
    ).toMatchObject({
      state: 'completed',
      outcome: 'no_answer',
      note: 'rang twice',
    });
    for (const [verb, body] of [
      ['claim', {}],
      ['complete', { outcome: 'voicemail' }],
      ['cancel', {}],
      ['snooze', { until: '2026-03-11T15:00:00Z' }],
    ] as const) {
      expect(await act(id, verb, body)).toMatchObject({
        status: 409,
        body: { error: 'task_closed' },
      });
    }
    expect(await service.events('task.completed')).toMatchObject([
      { data: { task_id: id, outcome: 'no_answer' } },
    ]);
  });

  test('an action with an Idempotency-Key is done once', async () => {
    await service.missed(ANN);
    const { id } = await task();
    const options = { headers: { 'Idempotency-Key': 'claim-1' } };
    const one = await service.post(`/api/tasks/${id}/claim`, {}, options);
    const two = await service.post(`/api/tasks/${id}/claim`, {}, options);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(two.headers.get('idempotent-replayed')).toBe('true');
  });

  test('an unclaimed task escalates person by person, each step once, in open minutes', async () => {
    const ann = await staff('Ann Desk');
    const bob = await staff('Bob Desk');
    const cyd = await staff('Cyd Desk');
    await staff('Off duty', { on_duty: false });
    service.runtime.set('2026-03-10T20:50:00.000Z');
    await service.missed(ANN);
    expect(await task()).toMatchObject({ owner_id: ann });
    service.runtime.advance(15 * MINUTE);
    await service.service.escalateDue();
    // Ten minutes were open; the other five come in the morning.
    expect(await task()).toMatchObject({ state: 'open', owner_id: ann });
    service.runtime.set('2026-03-11T13:05:00.000Z');
    await service.service.escalateDue();
    expect(await task()).toMatchObject({ state: 'escalated', owner_id: bob });
    await service.service.escalateDue();
    service.runtime.advance(15 * MINUTE);
    await service.service.escalateDue();
    const escalated = await task();
    expect(escalated).toMatchObject({ state: 'escalated', owner_id: cyd });
    expect(escalated.steps.map(({ to_staff_id }) => to_staff_id)).toEqual([bob, cyd, null]);
    service.runtime.advance(24 * 60 * MINUTE);
    await service.service.escalateDue();
    expect((await task()).steps).toHaveLength(3);
    expect(await service.events('task.escalated')).toHaveLength(3);
  });

  test('a claimed task escalates only once it is overdue', async () => {
    const ann = await staff('Ann Desk');
    const bob = await staff('Bob Desk');
    await service.missed(ANN);
    const { id } = await task();
    await act(id, 'claim', { staff_id: ann });
    service.runtime.advance(29 * MINUTE);
    await service.service.escalateDue();
    expect(await task()).toMatchObject({ state: 'claimed' });
    service.runtime.advance(MINUTE);
    await service.service.escalateDue();
    expect(await task()).toMatchObject({
      state: 'escalated',
      owner_id: bob,
      steps: [{ step: 'overdue' }],
    });
  });

  test('a snoozed task waits, and a reassigned one is open again for its new owner', async () => {
    const ann = await staff('Ann Desk');
    const bob = await staff('Bob Desk');
    await service.missed(ANN);
    const { id } = await task();
    await act(id, 'claim', { staff_id: ann });
    expect((await act(id, 'snooze', { until: '2026-03-10T14:00:00Z' })).status).toBe(400);
    const snoozed = await act(id, 'snooze', { until: '2026-03-10T18:00:00Z' });
    expect(snoozed.body).toMatchObject({ state: 'claimed', due_at: '2026-03-10T18:00:00.000Z' });
    service.runtime.advance(60 * MINUTE);
    await service.service.escalateDue();
    expect(await task()).toMatchObject({ state: 'claimed', steps: [] });
    const moved = await act(id, 'reassign', { owner_id: bob });
    expect(moved.body).toMatchObject({ state: 'open', owner_id: bob, claimed_by: null });
    expect((await act(id, 'reassign', { owner_id: id })).status).toBe(400);
  });

  test('lists by state, owner and deadline', async () => {
    const owner = await staff('Ann Desk');
    await service.missed(ANN);
    service.runtime.advance(10 * MINUTE);
    const second = await service.missed(BOB);
    await act(second.task_id ?? '', 'cancel');
    service.runtime.advance(25 * MINUTE);
    const ids = async (query: string) => (await service.tasks(query)).map(({ lead_id }) => lead_id);
    expect(await ids('?overdue=true')).toHaveLength(1);
    expect(await ids('?overdue=false')).toEqual([second.lead_id]);
    expect(await ids('?state=cancelled')).toEqual([second.lead_id]);
    expect(await ids(`?owner_id=${owner}`)).toHaveLength(2);
    expect(await ids(`?lead_id=${second.lead_id ?? ''}`)).toEqual([second.lead_id]);
  });

  test('a task made by hand: for a response lead without an open one', async () => {
    const answer = await service.missed(ANN);
    const taken = await service.post('/api/tasks', { lead_id: answer.lead_id });
    expect(taken).toMatchObject({ status: 409, body: { error: 'task_open' } });
    await act(answer.task_id ?? '', 'cancel');
    const made = await service.post('/api/tasks', {
      lead_id: answer.lead_id,
      reason: 'call again',
      due_at: '2026-03-12T15:00:00Z',
      note: 'after lunch',
    });
    expect(made).toMatchObject({
      status: 201,
      body: { reason: 'call again', due_at: '2026-03-12T15:00:00.000Z', note: 'after lunch' },
    });
    const unknown = await service.post('/api/tasks', { lead_id: answer.task_id });
    expect(unknown.status).toBe(404);
  });

  test('who wants texts is told of a new task and of its escalation', async () => {
    await staff('Ann Desk', { phone: '+12025550181', alerts_by_text: true });
    await staff('Bob Desk', { phone: '+12025550182', alerts_by_text: true });
    await service.missed(ANN);
    await service.service.sendDue();
    service.runtime.advance(15 * MINUTE);
    await service.service.escalateDue();
    await service.service.sendDue();
    expect(service.twilio.messages.map(({ to }) => to).sort()).toEqual([
      ANN,
      '+12025550181',
      '+12025550182',
    ]);
  });
});
