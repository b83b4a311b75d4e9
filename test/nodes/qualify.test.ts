import { LeadLoopQualify } from '../../nodes/LeadLoopQualify/LeadLoopQualify.node.js';
import { always, errorOf, itemsOf, jsonOf, runNode } from './support/mock.js';

const qualify = new LeadLoopQualify();
const DECISIONS = ['book_now', 'follow_up', 'low_quality'];

const answer = (decision: string) => ({
  lead_id: 'lead-1',
  score: 86,
  decision,
  reason: 'Asks for an appointment this week.',
  source: 'rules',
  model: null,
  prompt_version: 'dental.v1',
  booking_url: null,
});

describe('Qualify Lead', () => {
  test('asks about an existing lead by its id', async () => {
    const { sent } = await runNode(qualify, {
      items: [{ json: { lead_id: 'lead-1' } }],
      transport: always(answer('book_now')),
    });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/qualify',
      body: { lead_id: 'lead-1' },
      key: 'n8n:42:node-1:0:0',
    });
  });

  test('asks about what an existing lead said elsewhere', async () => {
    const { sent } = await runNode(qualify, {
      parameters: { message: '={{ $json.words }}' },
      items: [{ json: { lead_id: 'lead-1', words: 'Please book me in.' } }],
      transport: always(answer('book_now')),
    });
    expect(sent[0]?.body).toEqual({ lead_id: 'lead-1', message: 'Please book me in.' });
  });

  test('asks about new fields, as a form or a webhook brings them', async () => {
    const { sent } = await runNode(qualify, {
      parameters: { leadFrom: 'fields', source: 'web_form' },
      items: [
        { json: { body: { full_name: 'Alex Morgan', phone: '+1 202 555 0123', message: 'Hi' } } },
      ],
      transport: always(answer('book_now')),
    });
    expect(sent[0]?.body).toEqual({
      name: 'Alex Morgan',
      phone: '+1 202 555 0123',
      source: 'web_form',
      message: 'Hi',
    });
  });

  test('puts each decision on its branch, in order and paired', async () => {
    const { outputs, sent } = await runNode(qualify, {
      items: itemsOf(9, (n) => ({ lead_id: String(n) })),
      transport: ({ body }) => ({ body: answer(DECISIONS[Number(body?.lead_id) % 3] ?? '') }),
    });
    expect(new Set(sent.map(({ key }) => key)).size).toBe(9);
    expect(outputs.map((output) => output.map(({ pairedItem }) => pairedItem))).toEqual(
      [0, 1, 2].map((branch) => [0, 3, 6].map((n) => ({ item: n + branch }))),
    );
  });

  test('simplifies to what a workflow decides by', async () => {
    const { outputs } = await runNode(qualify, {
      parameters: { options: { includeInput: false } },
      items: [{ json: { lead_id: 'lead-1' } }],
      transport: always(answer('follow_up')),
    });
    expect(jsonOf(outputs[1])).toEqual([
      {
        lead_id: 'lead-1',
        score: 86,
        decision: 'follow_up',
        reason: 'Asks for an appointment this week.',
        booking_url: null,
        source: 'rules',
      },
    ]);
  });

  test('gives the whole answer when Simplify is off', async () => {
    const { outputs } = await runNode(qualify, {
      parameters: { simplify: false, options: { includeInput: false } },
      items: [{ json: { lead_id: 'lead-1' } }],
      transport: always(answer('low_quality')),
    });
    expect(jsonOf(outputs[2])).toEqual([answer('low_quality')]);
  });

  test('an item without a lead says what to choose', async () => {
    const error = await errorOf(qualify, { items: [{ json: {} }], transport: always({}) });
    expect(error.message).toBe('Item 0: "Lead" is empty');
    expect(error.description).toMatch(/Choose one from the list/);
  });

  test('an unknown decision is a failure, not a wrong branch', async () => {
    const error = await errorOf(qualify, {
      items: [{ json: { lead_id: 'lead-1' } }],
      transport: always(answer('maybe')),
    });
    expect(error.message).toMatch(/without a known decision \(maybe\)/);
  });
});
