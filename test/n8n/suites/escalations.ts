import { status as answering } from '../../fakes/crm.js';
import { eventually, type Execution, type Json } from '../support/executions.js';
import { said, tellChat } from '../support/facts.js';
import type { Stage } from '../support/stage.js';

/** The execution that an event of a type started. */
async function executionOf(
  stage: Stage,
  type: string,
  act: () => Promise<unknown>,
): Promise<Execution> {
  const id = stage.idOf('escalations');
  const before = await stage.executions.newest(id);
  await act();
  return eventually(`an execution for ${type}`, async () => {
    const found = await stage.executions.sinceAll(id, before);
    for (const one of found) stage.seen.add('escalations', one);
    return found.find((one) => said(one, 'LeadLoop Trigger').type === type);
  });
}

export function escalationsSuite(stage: () => Stage): void {
  let leadId = '';
  const newLead = async (): Promise<string> => {
    const answer = await stage().call('POST', '/calls/missed', {
      provider: 'twilio',
      params: { CallSid: `CA${Date.now()}${Math.random()}`, From: 'anonymous', CallStatus: 'busy' },
    });
    return String(answer.lead_id);
  };
  const distribute = (vertical: string, more: Json = {}) =>
    stage().call('POST', '/leads/incoming', {
      ghl_contact_id: `escalation-${vertical}-${Date.now()}`,
      vertical,
      credit_score: 700,
      funding_amount: 1000,
      ...more,
    });

  it('runs unedited for a new callback task', async () => {
    const run = await executionOf(stage(), 'task.created', async () => {
      leadId = await newLead();
    });
    expect(run.status).toBe('success');
    expect(run.ran.at(-1)).toBe('Connect Chat or Email Here');
    expect(said(run, 'LeadLoop Trigger').data.lead_id).toBe(leadId);
  });

  describe('with an address for messages', () => {
    beforeAll(async () => {
      const { data: businesses } = await stage().call('GET', '/businesses');
      for (const name of ['Sam Example', 'Kim Example']) {
        await stage().call('POST', '/staff', {
          business_id: businesses[0].id,
          name,
          on_duty: true,
        });
      }
      await stage().edit('escalations', {
        notify_url: stage().chat.url('/escalations'),
        quiet_about: 'task.created',
      });
    });

    it('keeps quiet about what it was told to', async () => {
      const told = tellChat(stage());
      const run = await executionOf(stage(), 'task.created', newLead);
      expect(run.ran.at(-1)).toBe('Keep Quiet');
      expect(told()).toEqual([]);
    });

    it('tells of a callback that nobody took', async () => {
      const told = tellChat(stage());
      const run = await executionOf(stage(), 'task.escalated', async () => {
        const id = await newLead();
        const { data } = await stage().call('GET', `/tasks?lead_id=${id}`);
        stage().age('tasks', String(data[0].id), ['created_at', 'due_at', 'escalate_at']);
        // Any change of tasks makes the service look at them.
        await newLead();
      });
      expect(run.branches('What Happened')).toEqual([1]);
      expect(told()[0]).toContain('callback is late');
    });

    it('tells of a lead that nobody buys', async () => {
      const told = tellChat(stage());
      const run = await executionOf(stage(), 'lead.unassigned', () => distribute('Nothing'));
      expect(run.branches('What Happened')).toEqual([3]);
      expect(told()).toHaveLength(1);
    });

    it('tells of a delivery that failed', async () => {
      const broker = await stage().call('POST', '/brokers', {
        name: 'Gone Funding',
        crm_webhook_url: stage().crm.url('/gone'),
      });
      await stage().call('POST', '/orders', {
        broker_id: broker.id,
        name: 'Gone',
        verticals: ['Gone'],
        total_leads: 10,
      });
      stage().crm.next(answering(410));
      const run = await executionOf(stage(), 'delivery.failed', () => distribute('Gone'));
      expect(run.branches('What Happened')).toEqual([2]);
    });

    it('tells of a provider that fails, and of its recovery', async () => {
      stage().openai.setMode({ kind: 'status', status: 503 });
      const degraded = await executionOf(stage(), 'provider.degraded', async () => {
        for (let i = 0; i < 5; i += 1) {
          await stage().call('POST', '/qualify', {
            name: 'Alex Example',
            phone: `+1 202 555 019${i}`,
            email: `provider.${i}@example.com`,
            source: 'web_form',
            message: 'Please call me.',
          });
        }
      });
      expect(degraded.branches('What Happened')).toEqual([4]);
      stage().openai.setMode({ kind: 'answer' });
      const recovered = await executionOf(stage(), 'provider.recovered', () =>
        stage().call('POST', '/providers/openai/resume', {}),
      );
      expect(recovered.branches('What Happened')).toEqual([5]);
    });

    it('takes events of other kinds that its user adds to the trigger', async () => {
      await stage().change('escalations', 'LeadLoop Trigger', ({ events }) => ({
        events: [...(events as string[]), 'lead.created'],
      }));
      const told = tellChat(stage());
      const run = await executionOf(stage(), 'lead.created', newLead);
      expect(run.branches('What Happened')).toEqual([6]);
      expect(told().some((text) => text.includes('lead.created'))).toBe(true);
    });

    it('begins anew when the memory for repetitions is full', async () => {
      const id = stage().idOf('escalations');
      const before = await stage().executions.newest(id);
      await stage().fillMemory('escalations');
      await distribute('Nothing again');
      // Whichever event comes first finds the memory full.
      await eventually('an event that begins anew', async () =>
        (await stage().executions.sinceAll(id, before)).find((one) => {
          stage().seen.add('escalations', one);
          return one.ran.includes('Forget Old Events');
        }),
      );
    });

    it('gets what happened while n8n was away', async () => {
      const id = stage().idOf('escalations');
      const before = await stage().executions.newest(id);
      await stage().stopN8n();
      await distribute('Nothing for now');
      await stage().startN8n();
      const run = await eventually('the event', async () =>
        (await stage().executions.sinceAll(id, before)).find(
          (one) => said(one, 'LeadLoop Trigger').type === 'lead.unassigned',
        ),
      );
      expect(run.status).toBe('success');
    }, 180_000);
  });
}
