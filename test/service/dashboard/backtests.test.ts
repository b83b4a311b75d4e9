import { getPage, postForm, signedIn, type Person } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { createOrder, postLead } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

describe.each(DATABASES)('backtests in the dashboard on %s', (database) => {
  let service: TestService;
  let agent: Person;
  let orderId: string;
  let otherId: string;

  beforeAll(async () => {
    service = await startTestService(database);
    orderId = (await createOrder(service, { name: 'First', priority: 'high', total_leads: 10 })).id;
    otherId = (
      await createOrder(service, { name: 'Second', credit_score_min: 615, total_leads: 10 })
    ).id;
    for (const [index, credit_score] of [620, 660, 700].entries()) {
      service.runtime.advance(60_000);
      await postLead(service, `c${index}`, { credit_score, first_name: `Lead${credit_score}` });
    }
    service.runtime.advance(60_000);
    agent = await signedIn(service, 'agent');
  });
  afterAll(() => service.stop());

  const page = async (path: string) => (await getPage(service, path, agent.cookie)).text;
  const ask = (fields: Record<string, string>) =>
    postForm(service, '/backtests', { do: 'ask', from: '2026-03-10', ...fields }, agent.cookie);
  /** Asks, runs it, and the path of its page. */
  const run = async (fields: Record<string, string>): Promise<string> => {
    const { status, location } = await ask(fields);
    expect(status).toBe(303);
    const path = (location ?? '').replace('?done=backtest_asked', '');
    expect(await page(path)).toContain('It waits for its turn');
    await service.service.backtest();
    return path;
  };

  test('from an order one asks what a raised minimum would have changed, and sees which leads', async () => {
    expect(await page(`/orders/${orderId}`)).toContain(`href="/backtests?order=${orderId}"`);
    expect(await page(`/backtests?order=${orderId}`)).toMatch(
      new RegExp(`<option value="${orderId}" selected[^>]*>First · `),
    );
    const path = await run({ order_id: orderId, credit_score_min: '650' });
    const text = await page(path);
    expect(text).toContain('Of 3 leads, 1 would have gone another way.');
    expect(text).toContain('Lead620');
    expect(text).not.toContain('Lead660');
    expect(text).toContain('To another order (1)');
    expect(text).toMatch(/First<\/bdi>.*Second<\/bdi>/s);
    expect(text).toContain('What brokers would have accepted or returned cannot be replayed');
    expect(await page('/backtests')).toContain(
      'First with credit minimum 650, against the orders as they are',
    );
  });

  test('without a change, the orders as they are are compared with what was decided', async () => {
    const text = await page(await run({ to: '2026-03-10' }));
    expect(text).toContain('Of 3 leads, 0 would have gone another way.');
    expect(text).toContain('Every lead goes where it went.');
    expect(text).toContain('10 Mar 2026 to 10 Mar 2026');
  });

  test('the word none clears a minimum, a pause is asked like any other change', async () => {
    await service.patch(`/api/orders/${otherId}`, { version: 1, credit_score_min: 690 });
    const cleared = await page(await run({ order_id: otherId, credit_score_min: 'none' }));
    expect(cleared).toContain('Of 3 leads, 0 would');
    const paused = await page(await run({ order_id: orderId, status: 'paused' }));
    expect(paused).toContain('No longer assigned (2)');
    const only = await page(
      `${(await run({ order_id: orderId, status: 'paused' })) ?? ''}?kind=changed_winner`,
    );
    expect(only).toContain('Lead700');
    expect(only).not.toContain('Lead620');
  });

  test('what is wrong stands at its field, with what was typed', async () => {
    const cases: [Record<string, string>, string][] = [
      [{ credit_score_min: '640' }, 'Order to change is required for a change of an order'],
      [{ order_id: orderId }, 'Order to change must change something'],
      [{ order_id: orderId, credit_score_min: '12' }, 'Credit minimum must be'],
      [{ order_id: orderId, loan_min: '90', loan_max: '20' }, 'Loan minimum must'],
      [{ from: 'soon' }, 'First day must be a date'],
      [{ from: '' }, 'First day is required'],
      [{ from: '2999-01-01' }, 'First day must leave a range in the past'],
      [{ to: '2026-03-01' }, 'Last day must be after from'],
      [{ credit_floor: '12' }, 'Credit floor must be'],
    ];
    for (const [fields, says] of cases) {
      const { status, text } = await ask(fields);
      expect([status, says, text.includes(says)]).toEqual([400, says, true]);
      for (const typed of Object.values(fields)) {
        if (typed !== '') expect(text).toContain(`value="${typed}"`);
      }
    }
  });

  test('one that waits can be cancelled, once', async () => {
    const { location } = await ask({});
    const path = (location ?? '').replace('?done=backtest_asked', '');
    const cancelled = await postForm(service, path, { do: 'cancel' }, agent.cookie);
    expect(cancelled.location).toBe(`${path}?done=backtest_cancelled`);
    expect(await page(path)).toContain('It was cancelled.');
    await service.service.backtest();
    expect(await page(path)).toContain('It was cancelled.');
  });
});
