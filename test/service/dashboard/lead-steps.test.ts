import { getPage, postForm, signedIn, type Person } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { createOrder, execute, postLead } from '../../support/seed.js';
import { ANN, BOB, NIGHT, startResponse, type ResponseService } from '../response/support.js';

describe.each(DATABASES)("what a lead's page does on %s", (database) => {
  let service: ResponseService;
  let agent: Person;
  let admin: Person;

  beforeAll(async () => {
    service = await startResponse(database);
    agent = await signedIn(service, 'agent', { tls: true });
    admin = await signedIn(service, 'admin', { tls: true });
  });
  afterAll(() => service.stop());

  const api = () => ({ ...service, call: service.request });
  const post = (path: string, fields: Record<string, string>, person = agent) =>
    postForm(service, path, fields, person.cookie);
  const page = async (path: string, person = agent) =>
    (await getPage(service, path, person.cookie)).text;
  const activity = async (subjectId: string) =>
    (
      await service.get<{
        data: { action: string; actor: { type: string; name: string }; after: unknown }[];
      }>(`/api/activity?subject_id=${subjectId}`)
    ).body.data;

  test('a text that a person writes goes out after its checks, which are shown before and after', async () => {
    const { lead_id: id } = await service.missed(ANN);
    const form = await page(`/leads/${id}?open=text`);
    expect(form).toContain('It may be sent now.');
    expect(form).toContain('All 7 checks passed');
    const sent = await post(`/leads/${id}`, { do: 'text', body: 'Is Thursday at ten fine?' });
    expect(sent.status).toBe(303);
    const [text] = await service.messages(`?lead_id=${id}&kind=manual`);
    expect(text).toMatchObject({ status: 'queued', to: ANN, body: 'Is Thursday at ten fine?' });
    expect(sent.location).toBe(`/leads/${id}?done=text_decided&message=${text?.id}#message`);
    await service.service.sendDue();
    const after = await page(`/leads/${id}?message=${text?.id}`);
    expect(after).toContain('Is Thursday at ten fine?');
    expect(service.twilio.messages.filter(({ body }) => body.startsWith('Is Th'))).toHaveLength(1);
  });

  test('a blank text is refused, and the form says so', async () => {
    const { lead_id: id } = await service.missed(ANN);
    const answer = await post(`/leads/${id}`, { do: 'text', body: '  ' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Write a text');
  });

  test('at night the writer is warned, before and after, and the text goes all the same', async () => {
    const { lead_id: id } = await service.missed('+12025550161');
    const noon = service.runtime.clock.now();
    service.runtime.set(NIGHT);
    agent = await signedIn(service, 'agent', { tls: true });
    try {
      expect(await page(`/leads/${id}?open=text`)).toContain('It is a quiet hour where they are.');
      const { location } = await post(`/leads/${id}`, { do: 'text', body: 'Good night' });
      const after = await page((location ?? '').replace('#message', ''));
      expect(after).toContain('It is a quiet hour where they are.');
      const [text] = await service.messages(`?lead_id=${id}&kind=manual`);
      expect(text?.status).toBe('queued');
    } finally {
      service.runtime.set(new Date(noon).toISOString());
    }
  });

  test('whoever asked for no texts cannot be written to, and the page says why', async () => {
    const { lead_id: id } = await service.missed('+12025550162');
    await service.text('+12025550162', 'STOP');
    const form = await page(`/leads/${id}?open=text`);
    expect(form).toContain('No text may be sent to this lead now.');
    expect(form).not.toContain('Send the text');
    // A form that was open since before is decided the same.
    const { location } = await post(`/leads/${id}`, { do: 'text', body: 'Hello again' });
    expect(await page((location ?? '').replace('#message', ''))).toContain('Suppressed');
    const [text] = await service.messages(`?lead_id=${id}&kind=manual`);
    expect(text).toMatchObject({ status: 'skipped', reason_code: 'suppressed' });
  });

  test('looking at the form of a text writes nothing', async () => {
    const { lead_id: id } = await service.missed('+12025550163');
    const before = await service.messages('');
    await page(`/leads/${id}?open=text`);
    expect(await service.messages('')).toEqual(before);
  });

  test('a response lead is distributed once, with who asked, and the page says what is missing', async () => {
    await createOrder(api(), { name: 'Any MCA', verticals: ['MCA'] });
    const { lead_id: id } = await service.form({ name: 'Bob Example', phone: BOB });
    expect(await page(`/leads/${id}?open=distribute`)).toMatch(
      /Missing: the vertical .*the funding amount .*the credit score/,
    );
    const wrong = await post(`/leads/${id}`, { do: 'distribute', funding_amount: '50k' });
    expect([wrong.status, wrong.text.includes('must be a positive amount')]).toEqual([400, true]);
    const fields = {
      do: 'distribute',
      vertical: 'MCA',
      funding_amount: '$50,000',
      credit_score: '700',
    };
    const first = await post(`/leads/${id}`, fields);
    const made = /^\/leads\/([\w-]+)\?done=lead_distributed$/.exec(first.location ?? '')?.[1] ?? '';
    const { body: lead } = await service.get(`/api/leads/${made}`);
    expect(lead).toMatchObject({
      kind: 'distribution',
      status: 'assigned',
      phone: BOB,
      funding_amount: 50_000,
      source: 'distributed by Agent Example',
    });
    const again = await post(`/leads/${id}`, fields);
    expect(again.location).toBe(`/leads/${made}?done=lead_distributed_before`);
    expect(await page(`/leads/${id}`)).toContain(`href="/leads/${made}"`);
    expect(await activity(made)).toContainEqual(
      expect.objectContaining({
        action: 'lead.distributed',
        actor: { type: 'user', id: agent.user.id, name: 'Agent Example' },
      }),
    );
    const wrongKind = await post(`/leads/${made}`, fields);
    expect(wrongKind.status).toBe(409);
  });

  test('a merge is undone from either lead', async () => {
    const kept = await service.form({ name: 'Cleo Example', email: 'cleo@example.com' });
    const part = await service.form({ name: 'Cleo Example', phone: '+12025550165' });
    const merge = async () => {
      // A pair that was parted is not suggested again, save here.
      await execute(service.store, "update merge_suggestions set state = 'pending'");
      const { body } = await service.get<{ data: { id: string }[] }>(
        `/api/merge-suggestions?lead_id=${part.lead_id}`,
      );
      return post(`/leads/${part.lead_id}`, {
        do: 'merge',
        suggestion_id: body.data[0]?.id ?? '',
      });
    };
    for (const [from, fields] of [
      [kept, { part_id: part.lead_id }],
      [part, { part_id: part.lead_id }],
      [kept, {}],
    ] as const) {
      expect((await merge()).location).toContain('done=leads_merged');
      expect(await page(`/leads/${part.lead_id}`)).toContain('This lead is part of');
      expect(await page(`/leads/${kept.lead_id}`)).toContain('Merged into this lead');
      const undone = await post(`/leads/${from.lead_id}`, { do: 'unmerge', ...fields });
      expect(undone.location).toBe(`/leads/${from.lead_id}?done=leads_parted`);
      expect(await page(`/leads/${part.lead_id}`)).not.toContain('This lead is part of');
    }
    const twice = await post(`/leads/${kept.lead_id}`, { do: 'unmerge' });
    expect([twice.status, twice.text.includes('The lead is not merged.')]).toEqual([409, true]);
  });

  test('a callback task is made by hand, in the local time of the business, one at a time', async () => {
    const { lead_id: id, task_id: first } = await service.missed('+12025550166');
    expect(await page(`/leads/${id}`)).toContain(`href="/tasks/${first ?? ''}"`);
    const second = await post(`/leads/${id}`, { do: 'task' });
    expect([second.status, second.text.includes('The lead has an open task already.')]).toEqual([
      409,
      true,
    ]);
    await service.post(`/api/tasks/${first ?? ''}/complete`, { outcome: 'no_answer' });
    const wrong = await post(`/leads/${id}`, { do: 'task', due_at: '2026-03-08T02:30' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('does not exist on that day in America/New_York');
    const made = await post(`/leads/${id}`, {
      do: 'task',
      due_at: '2026-03-12T10:00',
      note: 'Asked for Thursday.',
    });
    const [task] = await service.tasks(`?lead_id=${id}&state=open`);
    expect(made.location).toBe(`/tasks/${task?.id}?done=task_created`);
    expect(task).toMatchObject({ due_at: '2026-03-12T14:00:00.000Z', reason: 'manual' });
  });

  test('a distribution lead is changed on the copy that was seen, and routed again when it waits', async () => {
    const { body: posted } = await postLead(api(), 'edit-1', {
      first_name: 'Dan',
      vertical: 'Factoring',
      credit_score: 700,
    });
    const id = posted.lead_id;
    const { body: lead } = await service.get<{ version: number; status: string }>(
      `/api/leads/${id}`,
    );
    expect(lead.status).toBe('unassigned');
    const version = String(lead.version);
    expect((await post(`/leads/${id}`, { do: 'edit', version })).status).toBe(403);
    const bad = await post(`/leads/${id}`, { do: 'edit', version, credit_score: '9' }, admin);
    expect([bad.status, bad.text.includes('Credit score must be')]).toEqual([400, true]);
    const done = await post(
      `/leads/${id}`,
      { do: 'edit', version, vertical: 'MCA', first_name: '', email: '' },
      admin,
    );
    expect(done.location).toBe(`/leads/${id}?done=lead_updated_routed`);
    const { body: after } = await service.get(`/api/leads/${id}`);
    expect(after).toMatchObject({ status: 'assigned', vertical: 'MCA', first_name: 'Dan' });
    const stale = await post(`/leads/${id}`, { do: 'edit', version, first_name: 'Dana' }, admin);
    expect([stale.status, stale.text.includes('Somebody changed this')]).toEqual([409, true]);
    expect(stale.text).toContain('value="Dana"');
    expect(await activity(id)).toContainEqual(
      expect.objectContaining({
        action: 'lead.updated',
        before: expect.objectContaining({ vertical: 'Factoring' }) as unknown,
        after: expect.objectContaining({ vertical: 'MCA' }) as unknown,
        actor: { type: 'user', id: admin.user.id, name: 'Admin Example' },
      }),
    );
  });
});
