import { generateKeyPairSync, sign } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';
import twilio from 'twilio';

import {
  HAS_A_QUESTION,
  startFollowUp,
  WANTS_TO_BOOK,
  type FollowUpService,
} from '../service/qualification/support.js';
import { ANN, BOB, BUSINESS_PHONE, newSid } from '../service/response/support.js';
import { jsonOf } from './support/mock.js';
import { items, openWorkbench, rawItem, rlc, type Workbench } from './support/workbench.js';

const WEBHOOK_URL = 'https://n8n.example.com/webhook/leadloop/missed-call';
const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

/** Calls, forms and qualification: what a workflow takes in, and what the service makes of it. */
describe('enquiries through the engine of n8n against the real service', () => {
  let service: FollowUpService;
  let bench: Workbench;

  beforeAll(async () => {
    service = await startFollowUp('sqlite', { env: { GHL_PUBLIC_KEY: publicKey } });
    bench = await openWorkbench(service);
  });
  afterAll(() => service.stop());

  const missedCall = (from: string): IDataObject => ({
    CallSid: newSid(),
    From: from,
    To: BUSINESS_PHONE,
    CallStatus: 'no-answer',
  });
  const signature = (params: IDataObject, url = WEBHOOK_URL): string =>
    twilio.getExpectedTwilioSignature(
      service.twilio.authToken,
      url,
      params as Record<string, string>,
    );
  const twilioProof = {
    proof: {
      signature: "={{ $json.headers['x-twilio-signature'] }}",
      url: '={{ $json.webhookUrl }}',
    },
  };

  const SUBMISSION = { submission_id: '={{ $json.body.submission_id }}' };

  describe('Capture Missed Call', () => {
    test('a call of Twilio becomes a lead with a task; the key vouches for it', async () => {
      const [captured] = await bench.leadLoop('lead', 'captureMissedCall', {}, [
        { json: { headers: {}, body: missedCall(ANN) } },
      ]);
      expect(captured).toMatchObject({
        missed: true,
        created: true,
        lead_id: expect.any(String) as unknown,
        task_id: expect.any(String) as unknown,
        acknowledgement: { status: expect.any(String) as unknown },
      });
      const leadId = String(captured?.lead_id);
      expect(await service.lead(leadId)).toMatchObject({ kind: 'response', phone: ANN });
      expect(await service.tasks(`?lead_id=${leadId}`)).toMatchObject([
        { id: captured?.task_id, state: 'open' },
      ]);
      const [event] = await service.timeline(leadId);
      expect(event?.data).toMatchObject({ verified_by: 'key' });
    });

    test('an answered call makes no lead and is no failure', async () => {
      const [captured] = await bench.leadLoop('lead', 'captureMissedCall', {}, [
        { json: { body: { ...missedCall('+12025550131'), CallStatus: 'completed' } } },
      ]);
      expect(captured).toMatchObject({ missed: false, lead_id: null, task_id: null });
    });

    test.each([
      ['captureMissedCall', { ...missedCall('+12025550137') }],
      ['captureForm', { name: 'A Example', phone: '+12025550138', submission_id: 'twice' }],
    ])('%s says whether it was reported before', async (operation, body) => {
      const report = () =>
        bench.leadLoop('lead', operation, { additionalFields: SUBMISSION }, [{ json: { body } }]);
      expect(await report()).toMatchObject([{ repeated: false }]);
      expect(await report()).toMatchObject([{ repeated: true }]);
    });

    test('with the proof of Twilio, the service verifies the signature itself', async () => {
      const params = missedCall('+12025550132');
      const item = {
        json: {
          headers: { 'x-twilio-signature': signature(params) },
          body: params,
          webhookUrl: WEBHOOK_URL,
        },
      };
      const [captured] = await bench.leadLoop('lead', 'captureMissedCall', twilioProof, [item]);
      const [event] = await service.timeline(String(captured?.lead_id));
      expect(event?.data).toMatchObject({ verified_by: 'signature' });
    });

    test('a call with a forged proof is refused and leaves no lead', async () => {
      const before = await service.leads();
      const params = missedCall('+12025550133');
      const refused = await bench.refusal('lead', 'captureMissedCall', twilioProof, [
        {
          json: {
            headers: { 'x-twilio-signature': signature(params) },
            body: { ...params, From: '+12025550134' },
            webhookUrl: WEBHOOK_URL,
          },
        },
      ]);
      expect(refused.message).toMatch(/^Item 0: .*does not prove that it comes from twilio/);
      expect(await service.leads()).toHaveLength(before.length);
    });

    test('with the proof of GoHighLevel, the service reads the signed bytes', async () => {
      const raw = Buffer.from(
        JSON.stringify({
          phone_number: '+12025550135',
          contact_name: 'Cy Example',
          event_id: 'n1',
        }),
      );
      const parameters = {
        provider: 'ghl',
        proof: { signature: "={{ $json.headers['x-ghl-signature'] }}" },
      };
      const proven = rawItem(raw, {
        'x-ghl-signature': sign(null, raw, keys.privateKey).toString('base64'),
      });
      const [captured] = await bench.leadLoop('lead', 'captureMissedCall', parameters, [proven]);
      expect(captured).toMatchObject({ missed: true, created: true });
      const [event] = await service.timeline(String(captured?.lead_id));
      expect(event?.data).toMatchObject({ verified_by: 'signature', raw: raw.toString('utf8') });

      const forged = rawItem(Buffer.from(`${raw.toString('utf8')} `), proven.json.headers as never);
      expect(
        (await bench.refusal('lead', 'captureMissedCall', parameters, [forged])).message,
      ).toMatch(/does not prove that it comes from ghl/);
    });

    test('without a proof a call of GoHighLevel is taken on the word of the key', async () => {
      const [captured] = await bench.leadLoop('lead', 'captureMissedCall', { provider: 'ghl' }, [
        { json: { body: { phone_number: '+12025550136', event_id: 'n2' } } },
      ]);
      expect(await service.lead(String(captured?.lead_id))).toMatchObject({
        phone: '+12025550136',
      });
    });
  });

  describe('Capture Form', () => {
    test('fields, consent and custom answers are kept, and the person is texted', async () => {
      const [captured] = await bench.leadLoop(
        'lead',
        'captureForm',
        {
          formId: 'contact',
          additionalFields: {
            custom: '{"pets": "two"}',
            form_version: '3',
            postal_code: '20001',
            service: 'Cleaning',
            submission_id: 'submission-1',
          },
          consent: { sms: true, email: false, text: 'You may text me.', ip: '192.0.2.1' },
        },
        [
          {
            json: {
              body: {
                name: 'Bob Example',
                email: 'bob@example.com',
                phone: BOB,
                message: HAS_A_QUESTION,
              },
            },
          },
        ],
      );
      expect(captured).toMatchObject({
        created: true,
        acknowledgement: { status: 'queued' },
        task_id: expect.any(String) as unknown,
      });
      const leadId = String(captured?.lead_id);
      expect(await service.lead(leadId)).toMatchObject({
        name: 'Bob Example',
        email: 'bob@example.com',
        phone: BOB,
      });
      const [event] = await service.timeline(leadId);
      expect(JSON.parse(String(event?.data.raw))).toMatchObject({
        form_id: 'contact',
        form_version: '3',
        submission_id: 'submission-1',
        fields: { pets: 'two', postal_code: '20001', service: 'Cleaning' },
        consent: { sms: true, email: false, text: 'You may text me.', ip: '192.0.2.1' },
      });

      const [again] = await bench.leadLoop(
        'lead',
        'captureForm',
        { formId: 'contact', additionalFields: { submission_id: 'submission-1' } },
        [{ json: { name: 'Bob Example', phone: BOB } }],
      );
      expect(again).toMatchObject({ lead_id: leadId, task_id: captured?.task_id });
    });

    test('a field that is not valid is named, and Continue keeps the other items going', async () => {
      const refused = await bench.refusal('lead', 'captureForm', {}, items({ email: 'nobody' }));
      expect(refused.message).toMatch(/^Item 0: .*fields\.email must be a valid/);
      expect(refused.description).toBe('Correct the fields named here and run the node again.');
      expect(refused.httpCode).toBe('400');

      const { run, outputs } = await bench.run(
        'leadLoop',
        { resource: 'lead', operation: 'captureForm' },
        items(
          { name: 'A Example', phone: '+12025550141' },
          { name: 'B Example', email: 'nobody' },
          { name: 'C Example', phone: '+12025550142' },
        ),
        { onError: 'continueErrorOutput' },
      );
      expect(run.status).toBe('success');
      expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
      expect(jsonOf(outputs[1])).toEqual([
        expect.objectContaining({
          name: 'B Example',
          error: expect.stringMatching(/^Item 1: .*email/) as unknown,
        }),
      ]);
    });
  });

  describe('Qualify', () => {
    const enquiry = (phone: string, message: string): IDataObject => ({
      name: 'Dee Example',
      phone,
      message,
      source: 'chat',
    });

    test('LeadLoop Qualify puts each enquiry on the branch of its decision, paired', async () => {
      const { run, outputs } = await bench.run(
        'leadLoopQualify',
        { leadFrom: 'fields' },
        items(
          enquiry('+12025550151', HAS_A_QUESTION),
          enquiry('+12025550152', WANTS_TO_BOOK),
          enquiry('+12025550153', 'We sell SEO packages to your business, guaranteed.'),
        ),
      );
      expect(run.status).toBe('success');
      expect(outputs.map((list) => list.map(({ pairedItem }) => pairedItem))).toEqual([
        [{ item: 1 }],
        [{ item: 0 }],
        [{ item: 2 }],
      ]);
      const [bookNow] = jsonOf(outputs[0]);
      expect(Object.keys(bookNow ?? {}).sort()).toEqual(
        ['lead_id', 'score', 'decision', 'reason', 'booking_url', 'source', 'input'].sort(),
      );
      expect(bookNow).toMatchObject({
        decision: 'book_now',
        score: 91,
        source: 'openai',
        booking_url: expect.stringMatching(/^https:\/\/calendly\.example\.com\//) as unknown,
        input: { message: WANTS_TO_BOOK },
      });
      expect(await service.lead(String(bookNow?.lead_id))).toMatchObject({
        kind: 'response',
        phone: '+12025550152',
        qualification: { decision: 'book_now', score: 91 },
      });
    });

    test('an existing lead is qualified by the id that a capture gave, whole answer on request', async () => {
      const [captured] = await bench.leadLoop(
        'lead',
        'captureForm',
        {},
        items(enquiry('+12025550154', WANTS_TO_BOOK)),
      );
      const [qualified] = await bench.leadLoop(
        'lead',
        'qualify',
        { simplify: false },
        items(captured ?? {}),
      );
      expect(qualified).toMatchObject({
        lead_id: captured?.lead_id,
        decision: 'book_now',
        qualification_id: expect.any(String) as unknown,
        requalify: false,
      });
      expect(qualified).toHaveProperty('prompt_version');
      expect(await service.qualifications(String(captured?.lead_id))).not.toHaveLength(0);
    });

    test('a booking link is texted to a new lead that agreed to be, and to no other', async () => {
      const ask = async (phone: string, consent: IDataObject) => {
        const [qualified] = await bench.leadLoop(
          'lead',
          'qualify',
          { leadFrom: 'fields', consent, simplify: false },
          items(enquiry(phone, WANTS_TO_BOOK)),
        );
        const { body } = await service.get(`/api/messages/${String(qualified?.message_id)}`);
        return body;
      };
      expect(await ask('+12025550156', { sms: true })).toMatchObject({
        kind: 'booking_link',
        status: 'queued',
      });
      expect(await ask('+12025550157', {})).toMatchObject({
        status: 'skipped',
        reason_code: expect.stringMatching(/consent|permission/) as unknown,
      });
    });

    test('the rules answer when the model is away', async () => {
      service.openai.next({ kind: 'status', status: 401 });
      const [qualified] = await bench.leadLoop(
        'lead',
        'qualify',
        { leadFrom: 'fields' },
        items(enquiry('+12025550155', WANTS_TO_BOOK)),
      );
      expect(qualified).toMatchObject({ source: 'rules', decision: 'book_now' });
    });

    test('a lead that does not exist is named as such, and goes to Follow Up under Continue', async () => {
      const unknown = '0197a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b';
      const refused = await bench.refusal('lead', 'qualify', { leadId: rlc(unknown) });
      expect(refused).toMatchObject({
        message: expect.stringMatching(/^Item 0: .*lead/) as unknown,
        description: expect.stringMatching(/^Check the ID/) as unknown,
        httpCode: '404',
      });
      const { outputs } = await bench.run(
        'leadLoopQualify',
        { leadId: rlc(unknown) },
        items({ n: 1 }),
        { onError: 'continueRegularOutput' },
      );
      expect(outputs.map((list) => list.length)).toEqual([0, 1, 0]);
      expect(outputs[1]?.[0]?.json).toMatchObject({
        error: expect.stringMatching(/^Item 0: /) as unknown,
        details: { code: 'not_found', status: 404 },
      });
    });
  });
});
