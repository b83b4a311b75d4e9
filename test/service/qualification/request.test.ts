import { DATABASES } from '../../support/databases.js';
import { ANN, BOB } from '../response/support.js';
import {
  HAS_A_QUESTION,
  startFollowUp,
  WANTS_TO_BOOK,
  type FollowUpService,
  type Qualified,
} from './support.js';

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

describe.each(DATABASES)('POST /api/qualify on %s', (database) => {
  let service: FollowUpService;
  afterEach(() => service.stop());

  const bare = { name: 'Ann Example', phone: ANN, email: 'ann@example.com', source: 'web_form' };

  test('a bare lead is made, qualified and answered with its link', async () => {
    service = await startFollowUp(database);
    const answer = await service.qualify({ ...bare, message: WANTS_TO_BOOK });
    expect(answer).toMatchObject({
      score: 91,
      decision: 'book_now',
      reason: 'The person wants an appointment.',
      source: 'openai',
      model: 'gpt-4o-mini',
      prompt_version: 'dental.v1',
      fallback_reason: null,
      requalify: false,
    });
    expect(answer.booking_url).toMatch(/^https:\/\/calendly\.example\.com\/.*utm_content=r1_/);
    const lead = await service.lead(answer.lead_id);
    expect(lead).toMatchObject({
      kind: 'response',
      phone: ANN,
      source: 'web_form',
      booking_url: answer.booking_url,
    });
    // Nobody agreed to be written to.
    expect((await service.messages())[0]).toMatchObject({
      kind: 'booking_link',
      reason_code: 'no_consent',
    });
    expect((await service.timeline(answer.lead_id)).map(({ type }) => type)).toEqual([
      'source_event',
      'qualification',
      'message',
    ]);
  });

  test('without a key the rules answer, say so, and the model is asked once there is one', async () => {
    service = await startFollowUp(database, { withoutKey: true });
    const answer = await service.qualify({ ...bare, message: WANTS_TO_BOOK });
    expect(answer).toMatchObject({
      source: 'rules',
      model: null,
      prompt_version: null,
      fallback_reason: 'not_configured',
      requalify: true,
      decision: 'book_now',
    });
    await service.work();
    expect(service.openai.requests).toHaveLength(0);
    expect(await service.qualifications(answer.lead_id)).toHaveLength(1);

    // The same database, started again with a key.
    const { database: kept, runtime, twilio } = service;
    const again = await startFollowUp(database, {
      database: kept,
      runtime,
      twilio,
      asItBegins: true,
    });
    try {
      await again.work();
      expect(await again.qualifications(answer.lead_id)).toMatchObject([
        { source: 'rules' },
        { source: 'openai', decision: 'book_now' },
      ]);
    } finally {
      await again.stop();
    }
  });

  test('follow_up makes a callback task and no link; low_quality neither', async () => {
    service = await startFollowUp(database);
    const asked = await service.qualify({ ...bare, message: HAS_A_QUESTION });
    expect(asked).toMatchObject({ decision: 'follow_up', booking_url: null });
    expect(await service.tasks()).toMatchObject([
      { id: asked.task_id, lead_id: asked.lead_id, reason: 'qualification', state: 'open' },
    ]);
    const pitch = await service.qualify({
      name: 'Bob Sample',
      phone: BOB,
      message: 'Buy our SEO package and rank first.',
    });
    expect(pitch).toMatchObject({
      decision: 'low_quality',
      booking_url: null,
      task_id: null,
      message_id: null,
    });
    expect(await service.tasks()).toHaveLength(1);
  });

  test('an existing lead is qualified by what its enquiry said, under its consent', async () => {
    service = await startFollowUp(database, { asItBegins: true });
    await service.business({ booking_link_enabled: true });
    const { lead_id: id } = await service.form({
      name: 'Ann Example',
      phone: ANN,
      message: WANTS_TO_BOOK,
    });
    const answer = await service.qualify({ lead_id: id });
    expect(answer).toMatchObject({ lead_id: id, decision: 'book_now' });
    await service.service.sendDue();
    expect(service.twilio.messages.at(-1)?.body).toContain(answer.booking_url);
    // Asked again, the same enquiry gets no second text; the result is added.
    const again = await service.qualify({ lead_id: id });
    await service.service.sendDue();
    expect(service.twilio.messages).toHaveLength(2);
    expect(again.qualification_id).not.toBe(answer.qualification_id);
    expect(await service.qualifications(id)).toHaveLength(2);
  });

  test('one Idempotency-Key makes one lead, one result and one call of the model', async () => {
    service = await startFollowUp(database);
    // A name alone matches nothing: only the key can tell that it is the same request.
    const body = { name: 'Ann Example', message: HAS_A_QUESTION };
    const first = await service.qualify(body, 'item-1');
    const repeated = await service.post<Qualified>('/api/qualify', body, {
      headers: { 'idempotency-key': 'item-1' },
    });
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect(repeated.body).toEqual(first);
    await service.work();
    expect(service.openai.requests).toHaveLength(1);
    expect(await service.leads()).toHaveLength(1);
    expect(await service.qualifications(first.lead_id)).toHaveLength(1);
    const other = await service.post(
      '/api/qualify',
      { ...body, name: 'Bob Sample' },
      {
        headers: { 'idempotency-key': 'item-1' },
      },
    );
    expect(other.status).toBe(422);
  });

  test('a business without a booking page gets a callback instead of a link', async () => {
    service = await startFollowUp(database, { env: { CALENDLY_BOOKING_URL: '' } });
    const answer = await service.qualify({ ...bare, message: WANTS_TO_BOOK });
    expect(answer).toMatchObject({ decision: 'book_now', booking_url: null });
    expect(await service.tasks()).toMatchObject([{ id: answer.task_id, state: 'open' }]);
  });

  test('the limits of the settings decide, not the model', async () => {
    service = await startFollowUp(database, { env: { BOOK_NOW_MIN_SCORE: '95' } });
    const answer = await service.qualify({ ...bare, message: WANTS_TO_BOOK });
    expect(answer).toMatchObject({ score: 91, decision: 'follow_up', booking_url: null });
    expect(await service.qualifications(answer.lead_id)).toMatchObject([
      { disagreement: { score: 91, model_decision: 'book_now', score_decision: 'follow_up' } },
    ]);
  });

  test('nobody to qualify, an unknown lead and a distribution lead are refused', async () => {
    service = await startFollowUp(database);
    const nobody = await service.post('/api/qualify', { message: 'Hello' });
    expect(nobody).toMatchObject({
      status: 400,
      body: { details: { lead_id: expect.any(String) } },
    });
    expect((await service.post('/api/qualify', { lead_id: UNKNOWN_ID })).status).toBe(404);
    const id = await service.distributionLead();
    expect(await service.post('/api/qualify', { lead_id: id })).toMatchObject({
      status: 400,
      body: { details: { lead_id: expect.stringContaining('response') } },
    });
    expect(service.openai.requests).toHaveLength(0);
  });
});
