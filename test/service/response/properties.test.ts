import fc from 'fast-check';

import { DATABASES } from '../../support/databases.js';
import { BUSINESS_PHONE, newSid, startResponse, type ResponseService } from './support.js';

/** What somebody may do. `email_only` people never give a phone, `writers` never call. */
const PEOPLE = {
  caller: ['call', 'ghl', 'form_phone', 'form_name', 'form_all', 'text'],
  email_only: ['form_email'],
  writer: ['form_email', 'form_all'],
} as const;

type Act = (typeof PEOPLE)[keyof typeof PEOPLE][number];

interface Event {
  person: number;
  act: Act;
  /** How many times the very same request is sent. */
  times: number;
}

const person = fc
  .constantFrom(...(Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]))
  .chain((kind) =>
    fc.array(
      fc.record({ act: fc.constantFrom(...PEOPLE[kind]), times: fc.integer({ min: 1, max: 3 }) }),
      { minLength: 1, maxLength: 4 },
    ),
  );

/** One to three people, what each does, and the order in which it all arrives. */
const story = fc
  .array(person, { minLength: 1, maxLength: 3 })
  .map((people) =>
    people.flatMap((acts, index) => acts.map((act): Event => ({ person: index, ...act }))),
  )
  .chain((events) =>
    fc.record({
      events: fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      atOnce: fc.boolean(),
    }),
  );

let stories = 0;

describe.each(DATABASES)('events without conflicting identity on %s', (database) => {
  let service: ResponseService;

  beforeAll(async () => {
    service = await startResponse(database);
  });
  afterAll(() => service.stop());

  /** The request of one event of one person of one story; the same whenever it is sent again. */
  function request({ person: who, act }: Event, told: number, serial: number) {
    const digits = String((told * 3 + who) % 10_000).padStart(4, '0');
    const phone = `+1${['202', '212', '312', '415'][Math.floor((told * 3 + who) / 10_000) % 4] ?? '202'}555${digits}`;
    const email = `person-${told}-${who}@example.com`;
    // No two people share the words of their names, in whatever order those are read.
    const name = `Pat${told} Example${who}`;
    const form = (fields: Record<string, string>) => ({
      path: '/api/forms/submissions',
      body: {
        form_id: 'contact',
        submission_id: `story-${told}-${serial}`,
        fields,
        consent: { sms: true },
      },
    });
    const missed = (provider: string, params: Record<string, string>) => ({
      path: '/api/calls/missed',
      body: { provider, params },
    });
    switch (act) {
      case 'call': {
        const CallSid = `CA-story-${told}-${serial}`;
        return missed('twilio', {
          CallSid,
          From: phone,
          To: BUSINESS_PHONE,
          CallStatus: 'no-answer',
        });
      }
      case 'ghl':
        return missed('ghl', {
          phone,
          contact_name: name,
          contact_id: `contact-${told}-${who}`,
          event_id: `story-${told}-${serial}`,
        });
      case 'form_phone':
        return form({ company: 'Example Bakery', phone });
      case 'form_name':
        return form({ name, phone });
      case 'form_all':
        return form({ name, phone, email });
      case 'form_email':
        return form({ name, email });
      case 'text':
        return { path: 'text', body: { from: phone, sid: newSid('SM') } };
    }
  }

  async function send(event: Event, told: number, serial: number): Promise<string[]> {
    const { path, body } = request(event, told, serial);
    const once = async (): Promise<string> => {
      if (path === 'text') {
        const { from, sid } = body as { from: string; sid: string };
        expect((await service.text(from, 'hello', { MessageSid: sid })).status).toBe(200);
        const row = await service.store.db
          .selectFrom('messages')
          .select('lead_id')
          .where('provider_sid', '=', sid)
          .executeTakeFirst();
        return row?.lead_id ?? '';
      }
      const answer = await service.post<{ lead_id: string }>(path, body);
      expect(answer.status).toBe(200);
      return answer.body.lead_id;
    };
    return Promise.all(Array.from({ length: event.times }, once));
  }

  test('give one lead, one open task and at most one text per person, in any order and at once', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ events, atOnce }) => {
        stories += 1;
        const told = stories;
        const leads: string[][] = [];
        if (atOnce) {
          leads.push(...(await Promise.all(events.map((event, i) => send(event, told, i)))));
        } else {
          for (const [i, event] of events.entries()) leads.push(await send(event, told, i));
        }
        const byPerson = new Map<number, Set<string>>();
        events.forEach((event, i) => {
          const known = byPerson.get(event.person) ?? new Set();
          for (const id of leads[i] ?? []) known.add(id);
          byPerson.set(event.person, known);
        });
        const ids = [...byPerson.values()].map((set) => [...set]);
        // One lead each, and no two people share one.
        expect(ids.map((set) => set.length)).toEqual(ids.map(() => 1));
        expect(new Set(ids.flat()).size).toBe(byPerson.size);
        for (const [who, set] of byPerson) {
          const [leadId = ''] = set;
          const tasks = await service.tasks(`?lead_id=${leadId}`);
          expect(tasks.map(({ state }) => state)).toEqual(['open']);
          const texts = (await service.messages(`?lead_id=${leadId}&kind=acknowledgement`)).filter(
            ({ status, channel }) => status === 'queued' && channel === 'sms',
          );
          const permitted = events.some(
            ({ person: one, act }) =>
              one === who && ['call', 'ghl', 'form_phone', 'form_name', 'form_all'].includes(act),
          );
          expect(texts).toHaveLength(permitted ? 1 : 0);
          const sources = (await service.timeline(leadId)).filter(
            ({ type }) => type === 'source_event',
          );
          expect(sources).toHaveLength(events.filter(({ person: one }) => one === who).length);
        }
      }),
      { numRuns: 25 },
    );
    const suggestions = await service.get<{ data: unknown[] }>('/api/merge-suggestions');
    expect(suggestions.body.data).toEqual([]);
  });
});
