import { eventually } from '../support/executions.js';
import { leadsOf, said, scored, taskOf, tellChat, textsTo, type Score } from '../support/facts.js';
import { call, form, newPhone, plainForm } from '../support/posts.js';
import type { Stage } from '../support/stage.js';

let submissions = 0;
const enquiry = (phone: string, more = {}) => ({
  submission_id: `submission-${(submissions += 1)}`,
  name: 'Alex Example',
  phone,
  email: `alex.${submissions}@example.com`,
  message: 'I would like an appointment for a cleaning.',
  consent_sms: 'on',
  consent_text: 'Text me about my enquiry.',
  ...more,
});

export function webFormSuite(stage: () => Stage): void {
  const qualified = (score: Score, more = {}) => {
    stage().openai.next(scored(score));
    return form(stage(), enquiry(newPhone(), more));
  };

  it('runs unedited: one lead with its consent, one task, one text, and thanks', async () => {
    const phone = newPhone();
    stage().openai.next(scored('book_now'));
    const { status, json, execution } = await form(stage(), enquiry(phone));
    expect(status).toBe(200);
    expect(json).toMatchObject({ status: 'received' });
    expect(execution.ran.at(-1)).toBe('Connect Chat or Email Here');
    const [lead, ...others] = await leadsOf(stage(), phone);
    expect(others).toEqual([]);
    expect(await taskOf(stage(), lead)).toMatchObject({ reason: 'form' });
    const { data } = await stage().call('GET', `/messages?lead_id=${lead?.id}`);
    expect(data).toMatchObject([{ kind: 'acknowledgement', to: phone }]);
    // At night where the person lives it waits for the morning.
    if (data[0].status === 'deferred') {
      expect(data[0]).toMatchObject({ reason_code: 'quiet_hours', send_at: expect.any(String) });
      expect(textsTo(stage(), phone)).toEqual([]);
    } else {
      await eventually('the text', () => (textsTo(stage(), phone).length === 1 ? true : undefined));
    }
  });

  describe('with an address for messages', () => {
    beforeAll(() =>
      stage().edit('web-form', {
        notify_url: stage().chat.url('/forms'),
        thanks_url: 'https://www.example.com/thanks',
      }),
    );

    it('goes on to the thank-you page after a plain HTML form', async () => {
      const phone = newPhone();
      const answer = await plainForm(stage(), enquiry(phone));
      expect(answer).toMatchObject({ status: 303, location: 'https://www.example.com/thanks' });
      expect(await leadsOf(stage(), phone)).toHaveLength(1);
    });

    it('tells staff who is ready to book', async () => {
      const told = tellChat(stage());
      const { execution } = await qualified('book_now');
      expect(execution.branches('Qualify Enquiry')).toEqual([0]);
      expect(told()).toEqual([expect.stringContaining('ready to book')]);
    });

    it('tells staff whom to call back', async () => {
      const told = tellChat(stage());
      const { execution } = await qualified('follow_up');
      expect(execution.branches('Qualify Enquiry')).toEqual([1]);
      expect(told()).toEqual([expect.stringContaining('call back')]);
    });

    it('leaves what is not worth an alert on the task list', async () => {
      const told = tellChat(stage());
      const { execution } = await qualified('low_quality');
      expect(execution.ran.at(-1)).toBe('Leave It on the Task List');
      expect(told()).toEqual([]);
    });

    it('still asks for a callback when qualifying fails', async () => {
      const told = tellChat(stage());
      stage().line.failNext(/POST \/api\/qualify/, 'unheard', 'unheard', 'unheard');
      const { execution } = await form(stage(), enquiry(newPhone()));
      expect(execution.branches('Qualify Enquiry')).toEqual([3]);
      expect(told()).toHaveLength(1);
    });

    it('tells staff of a form once that was sent twice', async () => {
      const told = tellChat(stage());
      const phone = newPhone();
      const body = enquiry(phone);
      await form(stage(), body);
      const again = await form(stage(), body);
      expect(again.status).toBe(200);
      expect(again.execution.branches('First Time')).toEqual([1]);
      expect(told()).toHaveLength(1);
      expect(await leadsOf(stage(), phone)).toHaveLength(1);
    });

    it('joins a form to the call of the same person: one lead, one text', async () => {
      const phone = newPhone();
      await call(stage(), { From: phone });
      await form(stage(), enquiry(phone));
      const [lead, ...others] = await leadsOf(stage(), phone);
      expect(others).toEqual([]);
      await taskOf(stage(), lead);
      await eventually('the text', () => (textsTo(stage(), phone).length > 0 ? true : undefined));
      expect(textsTo(stage(), phone)).toHaveLength(1);
    });

    it('names the fields of a form that cannot be taken', async () => {
      const { status, json, execution } = await form(stage(), { message: 'Call me!' });
      expect(status).toBe(400);
      expect(Object.keys(json.fields)).not.toEqual([]);
      expect(execution.branches('Why Not')).toEqual([0]);
    });

    it('stores a form once when the answer to n8n is lost', async () => {
      const phone = newPhone();
      const told = tellChat(stage());
      stage().openai.next(scored('follow_up'));
      stage().line.failNext(/POST \/api\/forms\/submissions/, 'answer lost');
      const { status, execution } = await form(stage(), enquiry(phone));
      expect(status).toBe(200);
      expect(said(execution, 'Capture Form')).toMatchObject({ created: true });
      expect(told()).toHaveLength(1);
      expect(await leadsOf(stage(), phone)).toHaveLength(1);
    });

    it('asks the visitor to try again when the service is away', async () => {
      await stage().stopService();
      const { status, json, execution } = await form(stage(), enquiry(newPhone()));
      await stage().startService();
      expect(status).toBe(503);
      expect(json).toMatchObject({ status: 'try_again' });
      expect(execution.status).toBe('error');
    });
  });
}
