import { DATABASES } from '../../support/databases.js';
import { ANN, BOB, startResponse, type ResponseService } from './support.js';

const DAY = 24 * 3_600_000;

interface Suggestion {
  id: string;
  lead_id: string;
  other_lead_id: string;
  reason: string;
  state: string;
}

describe.each(DATABASES)('matching and merging on %s', (database) => {
  let service: ResponseService;

  beforeEach(async () => {
    service = await startResponse(database);
  });
  afterEach(() => service.stop());

  const suggestions = async (query = ''): Promise<Suggestion[]> =>
    (await service.get<{ data: Suggestion[] }>(`/api/merge-suggestions${query}`)).body.data;

  /** Two leads of one phone that are suggested as one. */
  const pair = async () => {
    const ann = await service.form({ name: 'Ann Example', email: 'ann@example.com', phone: ANN });
    service.runtime.advance(1000);
    const other = await service.form({
      name: 'A. Example',
      email: 'a.example@example.com',
      phone: ANN,
    });
    const [suggestion] = await suggestions();
    return { ann, other, suggestion: suggestion?.id ?? '' };
  };

  test('a typed e-mail matches when the phone agrees or one side has none', async () => {
    const typed = await service.form({ name: 'Ann Example', email: 'Ann@Example.com' });
    const both = await service.form({ name: 'Ann Example', email: 'ann@example.com ', phone: ANN });
    expect(both).toMatchObject({ lead_id: typed.lead_id, created: false });
    const again = await service.form({
      name: 'Ann Example',
      email: 'ann@example.com',
      message: 'hi',
    });
    expect(again).toMatchObject({ lead_id: typed.lead_id });
    expect(await suggestions()).toEqual([]);
  });

  test('a typed e-mail with another phone is another lead, linked and suggested', async () => {
    const one = await service.form({ name: 'Ann Example', email: 'ann@example.com', phone: ANN });
    const two = await service.form({ name: 'Ann Example', email: 'ann@example.com', phone: BOB });
    expect(two.lead_id).not.toBe(one.lead_id);
    expect(await suggestions()).toMatchObject([
      { lead_id: two.lead_id, other_lead_id: one.lead_id },
    ]);
  });

  test('e-mail and phone that point at different leads make a new one, linked to both', async () => {
    const byEmail = await service.form({ name: 'Ann Example', email: 'ann@example.com' });
    const byPhone = await service.missed(ANN);
    const both = await service.form({ name: 'Ann Example', email: 'ann@example.com', phone: ANN });
    expect(both.created).toBe(true);
    expect(
      (await suggestions()).map(({ lead_id, other_lead_id }) => [lead_id, other_lead_id]),
    ).toEqual(
      expect.arrayContaining([
        [both.lead_id, byEmail.lead_id],
        [both.lead_id, byPhone.lead_id],
      ]),
    );
    const links = (await service.timeline(both.lead_id)).filter(({ type }) => type === 'link');
    expect(links).toHaveLength(2);
  });

  test('a person who comes back after 90 days is a new lead linked to the old one', async () => {
    const old = await service.missed(ANN);
    service.runtime.advance(90 * DAY);
    const same = await service.missed(ANN);
    expect(same.lead_id).toBe(old.lead_id);
    service.runtime.advance(90 * DAY + 1);
    const fresh = await service.missed(ANN);
    expect(fresh.created).toBe(true);
    const [link] = (await service.timeline(fresh.lead_id ?? '')).filter(
      ({ type }) => type === 'link',
    );
    expect(link?.data).toMatchObject({ kind: 'earlier_enquiry', other_lead_id: old.lead_id });
  });

  test('the same name alone is a suggestion and never a match', async () => {
    const one = await service.form({ name: 'Ann Example', phone: ANN });
    const two = await service.form({ name: 'example, ANN', phone: BOB });
    expect(two.lead_id).not.toBe(one.lead_id);
    expect(await suggestions()).toMatchObject([{ reason: 'same_name' }]);
  });

  test('distribution leads are never matched', async () => {
    await service.post('/api/leads/incoming', {
      ghl_contact_id: 'd-1',
      phone: ANN,
      first_name: 'Ann',
    });
    expect(await service.missed(ANN)).toMatchObject({ created: true });
  });

  test('an accepted suggestion makes one lead with both histories; unmerging parts them again', async () => {
    const { ann, other, suggestion } = await pair();
    const accepted = await service.post(`/api/merge-suggestions/${suggestion}/accept`);
    expect(accepted).toMatchObject({ status: 200, body: { state: 'accepted' } });
    const timeline = await service.timeline(ann.lead_id);
    const events = timeline.filter(({ type }) => type === 'source_event');
    expect(events.map(({ data }) => data.origin_lead_id)).toEqual([ann.lead_id, other.lead_id]);
    expect(await service.tasks('?state=open')).toMatchObject([{ lead_id: ann.lead_id }]);
    // Both addresses find the one lead now.
    const merged = await service.form({
      name: 'A. Example',
      email: 'a.example@example.com',
      phone: ANN,
      message: 'after the merge',
    });
    expect(merged).toMatchObject({ lead_id: ann.lead_id, created: false });

    const parted = await service.post(`/api/leads/${ann.lead_id}/unmerge`);
    expect(parted).toMatchObject({ status: 200, body: { id: other.lead_id, status: 'open' } });
    const own = (await service.timeline(other.lead_id)).filter(
      ({ type }) => type === 'source_event',
    );
    expect(own.map(({ data }) => data.origin_lead_id)).toEqual([other.lead_id]);
    expect((await service.tasks('?state=open')).map(({ lead_id }) => lead_id).sort()).toEqual(
      [ann.lead_id, other.lead_id].sort(),
    );
    const again = await service.post(`/api/leads/${other.lead_id}/unmerge`);
    expect(again).toMatchObject({ status: 409, body: { error: 'not_merged' } });
    expect(await suggestions()).toEqual([]);
    expect((await suggestions('?state=dismissed')).map(({ id }) => id)).toEqual([suggestion]);
  });

  test('what the kept lead did not know it gets from the other, and gives back', async () => {
    const call = await service.missed(ANN);
    service.runtime.advance(1000);
    const form = await service.form({ name: 'Ann Example', email: 'ann@example.com' });
    await service.form({ name: 'Ann Example', email: 'ann@example.com', phone: ANN });
    const found = (await suggestions()).filter(({ other_lead_id: other }) =>
      [call.lead_id, form.lead_id].includes(other),
    );
    // Oldest suggestion first, so that both become part of the call's lead.
    for (const { id } of found.reverse()) await service.post(`/api/merge-suggestions/${id}/accept`);
    const kept = await service.get(`/api/leads/${call.lead_id ?? ''}`);
    expect(kept.body).toMatchObject({ phone: ANN, email: 'ann@example.com', first_name: 'Ann' });
    const several = await service.post(`/api/leads/${call.lead_id ?? ''}/unmerge`);
    expect(several).toMatchObject({ status: 409, body: { error: 'several_merged' } });
    const one = await service.post(`/api/leads/${call.lead_id ?? ''}/unmerge`, {
      lead_id: form.lead_id,
    });
    expect(one).toMatchObject({ status: 200, body: { id: form.lead_id } });
  });

  test('a dismissed pair stays two and is not suggested again', async () => {
    const { suggestion } = await pair();
    const dismissed = await service.post(`/api/merge-suggestions/${suggestion}/dismiss`);
    expect(dismissed).toMatchObject({ status: 200, body: { state: 'dismissed' } });
    expect(await service.post(`/api/merge-suggestions/${suggestion}/accept`)).toMatchObject({
      status: 409,
    });
    await service.missed(ANN);
    expect(await suggestions()).toEqual([]);
  });

  test('two acceptances at once are one merge', async () => {
    const { suggestion } = await pair();
    const answers = await Promise.all(
      [1, 2].map(() => service.post(`/api/merge-suggestions/${suggestion}/accept`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const merges = await service.store.db
      .selectFrom('activity_log')
      .select('id')
      .where('action', '=', 'lead.merged')
      .execute();
    expect(merges).toHaveLength(2);
    expect(await service.tasks('?state=open')).toHaveLength(1);
  });

  test('a response lead is distributed only when somebody asks, and the two stay linked', async () => {
    const broker = await service.post<{ id: string }>('/api/brokers', { name: 'Example Funding' });
    await service.post('/api/orders', {
      broker_id: broker.body.id,
      name: 'MCA leads',
      verticals: ['MCA'],
      total_leads: 5,
    });
    const { lead_id: leadId } = await service.form({
      name: 'Ann Example',
      email: 'ann@example.com',
      phone: ANN,
    });
    const ask = { vertical: 'MCA', credit_score: 700, funding_amount: '$40,000' };
    const options = { headers: { 'Idempotency-Key': 'distribute-1' } };
    const answer = await service.post<{ lead_id: string }>(
      `/api/leads/${leadId}/distribute`,
      ask,
      options,
    );
    expect(answer).toMatchObject({ status: 200, body: { assignment: { status: 'assigned' } } });
    const replay = await service.post(`/api/leads/${leadId}/distribute`, ask, options);
    expect(replay.body).toEqual(answer.body);
    const made = await service.get(`/api/leads/${answer.body.lead_id}`);
    expect(made.body).toMatchObject({ kind: 'distribution', first_name: 'Ann', phone: ANN });
    for (const id of [leadId, answer.body.lead_id]) {
      const entries = await service.timeline(id);
      expect(entries.filter(({ type }) => type === 'link').map(({ data }) => data)).toMatchObject([
        { kind: 'distributed_from', lead_id: answer.body.lead_id, other_lead_id: leadId },
      ]);
      expect(entries.filter(({ data }) => data.action === 'lead.distributed')).toMatchObject([
        { data: { actor: { type: 'api_key' } } },
      ]);
    }
    const again = await service.post(`/api/leads/${leadId}/distribute`, ask);
    expect(again.body).toMatchObject({ status: 'duplicate', lead_id: answer.body.lead_id });
    const wrong = await service.post(`/api/leads/${answer.body.lead_id}/distribute`, ask);
    expect(wrong).toMatchObject({ status: 409, body: { error: 'not_a_response_lead' } });
    // The other way round nothing flows: a call of the same phone stays with the response lead.
    expect(await service.missed(ANN)).toMatchObject({ lead_id: leadId });
  });
});
