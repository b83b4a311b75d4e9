import { status } from '../fakes/crm.js';
import { BUSINESS_PHONE, type Json, type Stage } from '../demo/stage.js';

const NAMES = ['Alex', 'Blake', 'Casey', 'Drew', 'Ellis', 'Frankie', 'Gray', 'Harper', 'Indigo'];
const STATES = ['TX', 'FL', 'CA', 'NY', 'OH'];
const VERTICALS = ['MCA', 'MCA', 'SBA', 'Equipment'];

const pick = <T>(from: readonly T[], i: number): T => from[i % from.length] as T;

let contacts = 0;
/** A lead of the sample; numbers are from the range that is reserved for examples. */
export function sampleLead(more: Json = {}): Json {
  const i = (contacts += 1);
  return {
    ghl_contact_id: `contact-${i}`,
    first_name: pick(NAMES, i),
    last_name: 'Example',
    email: `person.${i}@example.com`,
    phone: `+1202555${String(100 + (i % 100)).padStart(4, '0')}`,
    vertical: pick(VERTICALS, i),
    credit_score: 640 + ((i * 37) % 160),
    funding_amount: 20_000 + ((i * 7919) % 80_000),
    state: pick(STATES, i),
    business_name: 'Example Bakery',
    ...more,
  };
}

/** Three brokers, four orders and a morning's leads; one of the CRMs has gone. */
export async function fillStage(stage: Stage): Promise<void> {
  const broker = (name: string, more: Json): Promise<Json> =>
    stage.post('/brokers', { name, contact_hours: 'anytime', ...more });
  const north = await broker('North Funding', { crm_webhook_url: stage.crm.url('/north') });
  const east = await broker('East Capital', { crm_webhook_url: stage.crm.url('/east') });
  const west = await broker('West Loans', { crm_webhook_url: stage.failingCrm.url('/west') });
  const order = (of: Json, name: string, more: Json): Promise<Json> =>
    stage.post('/orders', { broker_id: of.id, name, total_leads: 40, ...more });
  await order(north, 'MCA, good credit', { verticals: ['MCA'], credit_score_min: 680 });
  await order(east, 'Any MCA or SBA', { verticals: ['MCA', 'SBA'], priority: 'high' });
  await order(north, 'SBA up to 60k', { verticals: ['SBA'], loan_max: 60_000, total_leads: 8 });
  await order(west, 'Equipment', { verticals: ['Equipment'], credit_score_min: 660 });
  stage.failingCrm.behave(status(410));
  for (let i = 0; i < 28; i += 1) await stage.post('/leads/incoming', sampleLead());
  for (const more of [
    { vertical: 'Real Estate' },
    { vertical: 'Real Estate', state: 'FL' },
    { vertical: 'Equipment', credit_score: 610 },
    { credit_score: 520 },
  ]) {
    await stage.post('/leads/incoming', sampleLead(more));
  }
  await stage.settle();
}

/** A business's own enquiries: a call, the same person's form, a second caller. */
export async function answerEnquiries(stage: Stage): Promise<void> {
  const [business] = (await stage.get('/businesses')).data as Json[];
  for (const name of ['Sam Example', 'Kim Example']) {
    await stage.post('/staff', { business_id: business?.id, name, on_duty: true });
  }
  const missed = (From: string, CallSid: string): Promise<void> =>
    stage.fromTwilio('/api/webhooks/twilio', { CallSid, From, CallStatus: 'no-answer' });
  await missed('+12025550123', `CA${'1'.repeat(32)}`);
  await stage.post('/forms/submissions', {
    form_id: 'contact',
    fields: {
      name: 'Robin Example',
      phone: '(202) 555-0123',
      email: 'robin@example.com',
      message: 'I would like an appointment for a cleaning this week.',
      service: 'Cleaning',
    },
    consent: { sms: true, text: 'Text me about my enquiry.' },
  });
  await stage.settle();
  await missed('+12025550145', `CA${'2'.repeat(32)}`);
  await stage.fromTwilio('/api/webhooks/twilio/messages', {
    MessageSid: `SM${'3'.repeat(32)}`,
    From: '+12025550145',
    To: BUSINESS_PHONE,
    Body: 'Stop',
  });
  await stage.settle();
}
