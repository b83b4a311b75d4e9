import { ok, status as answering } from '../../fakes/crm.js';
import { eventually, type Json } from '../support/executions.js';
import { said, tellChat } from '../support/facts.js';
import { lead } from '../support/posts.js';
import type { Stage } from '../support/stage.js';

const SECRET = { 'x-leadloop-secret': 'secret-of-the-leads' };

let contacts = 0;
/** As GoHighLevel posts a contact: its own fields, and what was added in `customData`. */
const contact = (vertical: string, more: Json = {}): Json => ({
  contact_id: `contact-${(contacts += 1)}`,
  first_name: 'Alex',
  last_name: 'Example',
  state: 'TX',
  customData: { vertical, credit_score: '700', funding_amount: '50000', ...more.customData },
});

export function leadDistributionSuite(stage: () => Stage): void {
  const broker = async (vertical: string, more: Json): Promise<Json> => {
    const made = await stage().call('POST', '/brokers', { name: `${vertical} Funding`, ...more });
    await stage().call('POST', '/orders', {
      broker_id: made.id,
      name: `${vertical} leads`,
      verticals: [vertical],
      total_leads: 5000,
    });
    return made;
  };
  const send = (vertical: string, more: Json = {}) =>
    lead(stage(), contact(vertical, more), SECRET);

  /** Changes how long CRM Deliver waits for the CRM. */
  const wait = (waitSeconds: number): Promise<void> =>
    stage().change('lead-distribution', 'CRM Deliver', () => ({ waitSeconds }));

  beforeAll(async () => {
    await broker('MCA', { crm_webhook_url: stage().crm.url(), phone: '+12025550110' });
    await broker('SBA', {});
  });

  it('runs unedited, and refuses everybody as long as no secret is set', async () => {
    const { status, json, execution } = await send('MCA');
    expect(status).toBe(403);
    expect(json).toMatchObject({ reason_code: 'no_secret_set' });
    expect(execution.status).toBe('success');
  });

  it('ends quietly when there is nobody to tell', async () => {
    await stage().edit('lead-distribution', { lead_secret: SECRET['x-leadloop-secret'] });
    const { execution } = await send('Nobody buys this');
    expect(execution.ran.at(-1)).toBe('Connect Chat or Email Here');
  });

  describe('with an address for messages', () => {
    beforeAll(() =>
      stage().edit('lead-distribution', {
        lead_secret: SECRET['x-leadloop-secret'],
        notify_url: stage().chat.url('/leads'),
      }),
    );
    afterEach(() => stage().crm.behave(ok));

    it('assigns a lead, hands it to the broker, and tells the sender', async () => {
      const before = stage().crm.requests.length;
      const { status, json, execution } = await send('MCA');
      expect(status).toBe(200);
      expect(json).toMatchObject({
        status: 'assigned',
        broker_name: 'MCA Funding',
        broker_phone: '+12025550110',
        delivery: { status: 'sent' },
      });
      expect(execution.ran.at(-1)).toBe('Delivered');
      const received = stage().crm.requests.slice(before);
      expect(received).toHaveLength(1);
      expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ lead_id: json.lead_id });
    });

    it('goes on trying while a CRM is down, and delivers once it is up', async () => {
      stage().crm.behave(answering(503));
      await wait(0);
      const { json, execution } = await send('MCA');
      await wait(10);
      expect(execution.branches('CRM Deliver')).toEqual([1]);
      expect(execution.ran.at(-1)).toBe('LeadLoop Goes On Trying');
      stage().crm.behave(ok);
      const delivery = await eventually('the delivery', async () => {
        const found = await stage().call('GET', `/deliveries/${json.delivery.delivery_id}`);
        return found.status === 'sent' ? found : undefined;
      });
      expect(delivery.attempts.length).toBeGreaterThan(0);
    });

    it('tells staff of a broker that has no CRM', async () => {
      const told = tellChat(stage());
      const { status, json, execution } = await send('SBA');
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 'assigned', delivery: { reason_code: 'no_channel' } });
      expect(execution.branches('CRM Deliver')).toEqual([2]);
      expect(told()).toEqual([expect.stringContaining('SBA Funding')]);
    });

    it('says when a lead could not be handed over now; the service sends it by itself', async () => {
      const lost = ['unheard', 'unheard', 'unheard'] as const;
      stage().line.failNext(/POST \/api\/deliveries/, ...lost);
      const { status, json, execution } = await send('MCA');
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 'assigned', delivery: { status: 'held' } });
      expect(execution).toMatchObject({ status: 'error' });
      expect(execution.branches('CRM Deliver')).toEqual([3]);
    });

    it('tells staff of a lead that nobody takes', async () => {
      const told = tellChat(stage());
      const { status, json, execution } = await send('Nobody buys this');
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 'unassigned' });
      expect(execution.branches('Order Router')).toEqual([1]);
      expect(told()).toHaveLength(1);
    });

    it('answers a rejected lead with the reason', async () => {
      const { status, json } = await send('MCA', { customData: { credit_score: '500' } });
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 'rejected', reason_code: expect.any(String) });
    });

    it('answers a duplicate with the lead that is known', async () => {
      const body = contact('MCA');
      const first = await lead(stage(), body, SECRET);
      const second = await lead(stage(), body, SECRET);
      expect(second.json).toMatchObject({ status: 'duplicate', lead_id: first.json.lead_id });
      expect(second.execution.ran.at(-1)).toBe('Known Already');
    });

    it('refuses a wrong secret, and names what is missing or wrong', async () => {
      const wrong = await lead(stage(), contact('MCA'), { 'x-leadloop-secret': 'wrong' });
      expect(wrong).toMatchObject({ status: 403, json: { reason_code: 'wrong_secret' } });
      const nobody = await lead(stage(), { customData: { vertical: 'MCA' } }, SECRET);
      expect(nobody).toMatchObject({ status: 400, json: { reason: 'contact_id is required' } });
      const odd = await send('MCA', { customData: { credit_score: 'high' } });
      expect(odd.status).toBe(400);
      expect(odd.json.reason).toContain('credit_score');
    });

    it('assigns and delivers once when the answers to n8n are lost', async () => {
      const before = stage().crm.requests.length;
      stage().line.failNext(/POST \/api\/leads\/incoming/, 'answer lost');
      stage().line.failNext(/POST \/api\/deliveries/, 'answer lost');
      const { json, execution } = await send('MCA');
      expect(said(execution, 'Order Router')).toMatchObject({ status: 'assigned' });
      expect(json.delivery).toMatchObject({ status: 'sent' });
      expect(stage().crm.requests.slice(before)).toHaveLength(1);
      const { data } = await stage().call('GET', `/deliveries?lead_id=${json.lead_id}`);
      expect(data).toHaveLength(1);
    });

    it('asks for the lead again when the service is away, and then takes it once', async () => {
      const body = contact('MCA');
      await stage().stopService();
      const away = await lead(stage(), body, SECRET);
      await stage().startService();
      expect(away.status).toBe(429);
      expect(away.execution.status).toBe('error');
      const again = await lead(stage(), body, SECRET);
      expect(again.json).toMatchObject({ status: 'assigned' });
    });
  });
}
