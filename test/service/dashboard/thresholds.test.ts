import { getPage, postForm, signedIn } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { createOrder, postLead } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

const PATH = '/settings/thresholds';

/** Waits for what another connection is told of. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(DATABASES)('thresholds on %s', (database) => {
  let service: TestService;
  let cookie: string;

  beforeEach(async () => {
    service = await startTestService(database, { env: { REVIEW_REPEAT_DAYS: '30' } });
    cookie = (await signedIn(service, 'admin')).cookie;
  });
  afterEach(() => service.stop());

  const save = (fields: Record<string, string>, version = 0) =>
    postForm(service, PATH, { do: 'update', version: String(version), ...fields }, cookie);
  const page = async () => (await getPage(service, PATH, cookie)).text;
  const floorOf = async ({ post }: TestService): Promise<string> => {
    const { body } = await post<{ decision: { status: string } }>('/api/routing/simulate', {
      lead: { vertical: 'MCA', credit_score: 650, funding_amount: 50_000 },
    });
    return body.decision.status;
  };

  test('one that is changed holds for the next lead, and who changed it is on record', async () => {
    await createOrder(service);
    expect((await postLead(service, 'a', { credit_score: 650 })).body.assignment?.status).toBe(
      'assigned',
    );
    const done = await save({ CREDIT_FLOOR: '660' });
    expect(done.location).toBe(`${PATH}?done=thresholds_changed`);
    const after = await postLead(service, 'b', { credit_score: 650 });
    expect(after.body).toMatchObject({ status: 'rejected', reason: 'credit_too_low' });
    expect(await page()).toMatch(/Credit floor<\/dt><dd><strong>660<\/strong>[^(]*\(set here\)/);
    const { body } = await service.get<{ data: unknown[] }>(
      '/api/activity?subject_type=settings&subject_id=thresholds',
    );
    expect(body.data).toEqual([
      expect.objectContaining({
        action: 'thresholds.changed',
        actor: expect.objectContaining({ name: 'Admin Example' }) as unknown,
        before: { CREDIT_FLOOR: 600 },
        after: { CREDIT_FLOOR: 660 },
      }),
    ]);
    await save({ CREDIT_FLOOR: '' }, 1);
    const third = await postLead(service, 'c', { credit_score: 650 });
    expect(third.body.assignment?.status).toBe('assigned');
  });

  test('one that the environment sets is shown as such and cannot be changed', async () => {
    const shown = await page();
    expect(shown).toContain('set by the environment');
    expect(shown).not.toContain('name="REVIEW_REPEAT_DAYS"');
    const refused = await save({ REVIEW_REPEAT_DAYS: '5' });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('The environment sets REVIEW_REPEAT_DAYS.');
    expect(await page()).toMatch(/<dd><strong>30<\/strong>/);
  });

  test('what is no threshold, crosses another or was read too long ago is refused beside the form', async () => {
    const refusals: [Record<string, string>, number, string][] = [
      [{ CREDIT_FLOOR: '200' }, 400, 'must be a whole number from 300 to 850'],
      [{ CREDIT_FLOOR: '600.5' }, 400, 'must be a whole number from 300 to 850'],
      [{ REVIEW_DELAY_HOURS: '-1' }, 400, 'must be a number from 0 to 8760'],
      [{ FOLLOW_UP_MIN_SCORE: '80' }, 400, 'must be below the score to book from'],
      [{ BOOK_NOW_MIN_SCORE: '30' }, 400, 'must be below the score to book from'],
      [{ CREDIT_FLOOR: '610', version: '4' }, 409, 'Somebody changed this'],
    ];
    for (const [fields, status, text] of refusals) {
      const refused = await save(fields);
      expect([fields, refused.status, refused.text.includes(text)]).toEqual([fields, status, true]);
    }
    expect(await page()).not.toContain('set here');
  });

  test('a review is asked for after the time that holds when the appointment is booked', async () => {
    const { body: lead } = await service.post<{ lead_id: string }>('/api/forms/submissions', {
      form_id: 'contact',
      fields: { name: 'Ann Example', phone: '+12025550123' },
    });
    await save({ REVIEW_DELAY_HOURS: '1.5' });
    const { body } = await service.post('/api/appointments', {
      lead_id: lead.lead_id,
      scheduled_at: '2026-03-20T10:00:00Z',
    });
    expect(body).toMatchObject({ review_request: { scheduled_for: '2026-03-20T11:30:00.000Z' } });
  });

  test('an enquiry is judged by the scores that hold', async () => {
    // Each of another person: an enquiry that is sent again gets the answer it had.
    const qualify = async (n: number) =>
      (
        await service.post<{ score: number; decision: string }>('/api/qualify', {
          name: `Ann Example ${n}`,
          phone: `+1202555014${n}`,
          message: 'Do you have a car park?',
        })
      ).body;
    const { score } = await qualify(0);
    expect(score).toBeGreaterThan(2);
    expect(score).toBeLessThan(99);
    await save({ BOOK_NOW_MIN_SCORE: '100', FOLLOW_UP_MIN_SCORE: '99' });
    expect(await qualify(1)).toMatchObject({ score, decision: 'low_quality' });
    await save({ BOOK_NOW_MIN_SCORE: '2', FOLLOW_UP_MIN_SCORE: '1' }, 1);
    expect(await qualify(2)).toMatchObject({ score, decision: 'book_now' });
  });

  test('waiting leads are tried again once they are young enough', async () => {
    await save({ UNASSIGNED_RETRY_MAX_AGE_HOURS: '0' });
    const order = await createOrder(service);
    await service.post(`/api/orders/${order.id}/pause`);
    await createOrder(service, { verticals: ['Other'] });
    const { body: lead } = await postLead(service, 'waits');
    await service.post(`/api/orders/${order.id}/resume`);
    await service.service.retriesIdle();
    const status = async () => (await service.get(`/api/leads/${lead.lead_id}`)).body.status;
    expect(await status()).toBe('unassigned');
    await save({ UNASSIGNED_RETRY_MAX_AGE_HOURS: '' }, 1);
    await service.service.retriesIdle();
    expect(await status()).toBe('assigned');
  });

  test('they outlive a restart, and another replica hears of a change', async () => {
    await createOrder(service);
    await save({ CREDIT_FLOOR: '660' });
    const other = await startTestService(database, { database: service.database });
    try {
      expect(await floorOf(other)).toBe('rejected');
      // Of one SQLite file there is one server only; replicas share a PostgreSQL.
      if (database === 'sqlite') return;
      other.service.start();
      await save({ CREDIT_FLOOR: '' }, 1);
      await until(async () => (await floorOf(other)) === 'assigned');
    } finally {
      await other.stop();
    }
  });
});
