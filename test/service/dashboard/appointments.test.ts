import { getPage, postForm, signedIn, type Person } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { ANN, OPEN, startResponse, type ResponseService } from '../response/support.js';

const HOUR_MS = 3_600_000;

interface Appointment {
  id: string;
  status: string;
  scheduled_at: string;
  service_type: string | null;
  version: number;
  review_request: { status: string; scheduled_for: string };
}

describe.each(DATABASES)('appointments in the dashboard on %s', (database) => {
  let service: ResponseService;
  let agent: Person;
  let leadId: string;

  beforeAll(async () => {
    service = await startResponse(database);
    leadId = (await service.form({ name: 'Ann Example', phone: ANN })).lead_id;
  });
  /** Moves the clock; a session would not live through it. */
  const at = async (moment: string): Promise<void> => {
    service.runtime.set(moment);
    agent = await signedIn(service, 'agent', { tls: true });
  };
  beforeEach(() => at(OPEN));
  afterAll(() => service.stop());

  const post = (path: string, fields: Record<string, string>) =>
    postForm(service, path, fields, agent.cookie);
  const page = async (path: string) => (await getPage(service, path, agent.cookie)).text;
  const read = async (id: string) =>
    (await service.get<Appointment>(`/api/appointments/${id}`)).body;
  /** Books at a local time in Washington. */
  const book = async (local: string): Promise<string> => {
    const { location } = await post(`/leads/${leadId}`, { do: 'book', scheduled_at: local });
    const id = /^\/appointments\/([\w-]+)\?done=appointment_booked$/.exec(location ?? '')?.[1];
    if (id === undefined) throw new Error(`Nothing was booked: ${location}`);
    return id;
  };

  test('one is booked by hand in the local time of the business, and once', async () => {
    const { task_id: task } = await service.form({ name: 'Ann Example', phone: ANN });
    const id = await book('2026-03-11T10:30');
    expect(await read(id)).toMatchObject({
      status: 'scheduled',
      scheduled_at: '2026-03-11T14:30:00.000Z',
      review_request: { status: 'scheduled', scheduled_for: '2026-03-12T14:30:00.000Z' },
    });
    const [closed] = (await service.tasks(`?lead_id=${leadId}`)).filter((one) => one.id === task);
    expect(closed).toMatchObject({ state: 'completed', outcome: 'callback_booked' });
    const again = await post(`/leads/${leadId}`, { do: 'book', scheduled_at: '2026-03-11T10:30' });
    expect(again.location).toBe(`/appointments/${id}?done=appointment_known`);
    expect(await page(`/leads/${leadId}`)).toContain(`href="/appointments/${id}"`);
    const blank = await post(`/leads/${leadId}`, { do: 'book', scheduled_at: '' });
    expect([blank.status, blank.text.includes('Date and time is required')]).toEqual([400, true]);
  });

  test('completing says what happens to the request for a review, and then shows it', async () => {
    const id = await book('2026-03-11T09:00');
    expect(await page(`/appointments/${id}`)).toContain('The request for a review stays planned.');
    await at('2026-03-12T16:00:00.000Z');
    expect(await page(`/appointments/${id}`)).toContain(
      'The request for a review is decided at once',
    );
    const { version } = await read(id);
    const done = await post(`/appointments/${id}`, { do: 'completed', version: String(version) });
    expect(done.location).toBe(`/appointments/${id}?done=appointment_completed`);
    await service.service.askForReviews();
    const after = await page(`/appointments/${id}`);
    // This business has no review address, which is found when the request is decided.
    expect(after).toMatch(/Skipped.*Not configured/s);
  });

  test('no show and cancelling drop the request; opening again plans it again', async () => {
    const id = await book('2026-03-13T09:00');
    for (const [action, review] of [
      ['no_show', 'cancelled'],
      ['scheduled', 'scheduled'],
      ['cancelled', 'cancelled'],
    ] as const) {
      const { version } = await read(id);
      await post(`/appointments/${id}`, { do: action, version: String(version) });
      expect(await read(id)).toMatchObject({
        status: action,
        review_request: { status: review },
      });
    }
    const { body } = await service.get<{
      data: { action: string; actor: { name: string }; before: unknown; after: unknown }[];
    }>(`/api/activity?subject_id=${id}`);
    expect(body.data[0]).toMatchObject({
      action: 'appointment.cancelled',
      actor: { name: 'Agent Example' },
      before: { status: 'scheduled' },
      after: { status: 'cancelled' },
    });
  });

  test('one is moved and its service changed; times that do not exist are refused', async () => {
    const id = await book('2026-03-16T09:00');
    const fields = (local: string, version: number) => ({
      do: 'change',
      version: String(version),
      scheduled_at: local,
      service_type: 'Cleaning',
    });
    const wrong = await post(`/appointments/${id}`, fields('2027-03-14T02:30', 1));
    expect([wrong.status, wrong.text.includes('does not exist on that day')]).toEqual([400, true]);
    const moved = await post(`/appointments/${id}`, fields('2026-11-02T09:00', 1));
    expect(moved.location).toBe(`/appointments/${id}?done=appointment_moved`);
    expect(await read(id)).toMatchObject({
      scheduled_at: '2026-11-02T14:00:00.000Z',
      service_type: 'Cleaning',
      review_request: { scheduled_for: '2026-11-03T14:00:00.000Z' },
    });
    const { version } = await read(id);
    const same = await post(`/appointments/${id}`, {
      ...fields('2026-11-02T09:00', version),
      service_type: '',
    });
    expect(same.location).toBe(`/appointments/${id}?done=saved`);
    expect(await read(id)).toMatchObject({ service_type: null, version: version + 1 });
  });

  test('an outdated copy is refused beside its form, by every form', async () => {
    const id = await book('2026-03-17T09:00');
    await service.patch(`/api/appointments/${id}`, { version: 1, service_type: 'Their word' });
    const forms: Record<string, string>[] = [
      { do: 'completed' },
      { do: 'no_show' },
      { do: 'cancelled' },
      { do: 'change', scheduled_at: '2026-03-18T09:00', service_type: 'Mine' },
    ];
    for (const fields of forms) {
      const answer = await post(`/appointments/${id}`, { version: '1', ...fields });
      expect([fields.do, answer.status]).toEqual([fields.do, 409]);
      expect(answer.text).toContain('Somebody changed this since you read it.');
    }
    expect(await read(id)).toMatchObject({ status: 'scheduled', version: 2 });
  });

  test('whoever says the same a moment later is told, though that form is no longer there', async () => {
    const id = await book('2026-03-20T09:00');
    const fields = { do: 'completed', version: '1' };
    expect((await post(`/appointments/${id}`, fields)).status).toBe(303);
    const second = await post(`/appointments/${id}`, fields);
    expect(second.status).toBe(409);
    expect(second.text.match(/Somebody changed this since you read it\./g)).toHaveLength(1);
  });

  test('of two who claim a task the second is told who has it', async () => {
    const { task_id: task } = await service.missed('+12025550172');
    const { body: staff } = await service.post<{ id: string }>('/api/staff', { name: 'Sam' });
    const fields = { do: 'claim', staff_id: staff.id };
    expect((await post(`/tasks/${task ?? ''}`, fields)).status).toBe(303);
    const second = await post(`/tasks/${task ?? ''}`, { ...fields, version: '1' });
    expect(second.status).toBe(409);
    expect(second.text).toContain('class="notice bad" role="alert"');
  });

  test('another appointment at that time is told beside the form', async () => {
    await book('2026-03-19T09:00');
    const id = await book('2026-03-19T11:00');
    const answer = await post(`/appointments/${id}`, {
      do: 'change',
      version: '1',
      scheduled_at: '2026-03-19T09:00',
    });
    expect([answer.status, answer.text.includes('another appointment at that time')]).toEqual([
      409,
      true,
    ]);
  });

  test('lists go by when they are, page by page, each kind in its own view', async () => {
    const { lead_id: other } = await service.form({ name: 'Eve Example', phone: '+12025550171' });
    // The request for a review, a day after each, falls on none of these moments.
    const times = Array.from({ length: 56 }, (_unused, n) =>
      new Date(Date.parse('2026-06-01T12:00:00.000Z') + n * 13 * HOUR_MS).toISOString(),
    );
    // Entered in an order that is not that of their times.
    for (const [n] of times.entries()) {
      await service.post('/api/appointments', {
        lead_id: other,
        scheduled_at: times[(n * 5) % times.length],
      });
    }
    const shown = async (view: string): Promise<string[]> => {
      const found: string[] = [];
      let path: string | undefined = `/appointments?view=${view}`;
      while (path !== undefined) {
        const text = await page(path);
        const table = text.slice(text.indexOf('<table'), text.indexOf('</table'));
        for (const [, at] of table.matchAll(
          /<time datetime="([^"]+)" title="[^"]+" data-show="moment"/g,
        )) {
          if (at !== undefined && times.includes(at)) found.push(at);
        }
        path = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
      }
      return found;
    };
    for (const [moment, upcoming] of [
      [times[2], 54],
      [times[54], 2],
    ] as const) {
      await at(moment ?? '');
      const past = times.slice(0, times.length - upcoming).reverse();
      expect(await shown('upcoming')).toEqual(times.slice(-upcoming));
      expect(await shown('unsettled')).toEqual(past);
      expect(await shown('past')).toEqual(past);
      expect(await shown('completed')).toEqual([]);
    }
  });
});
