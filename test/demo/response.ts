import { lastMessage, leadBy, tasksOf, texts } from './look.js';
import type { Json, Stage } from './stage.js';
import type { Teller } from './tell.js';

export const RESPONSE_STEPS = 4;

const ANN = '+12025550123';
const BOB = '+12025550145';
let calls = 0;
const newCall = (): string => `CA${String((calls += 1)).padStart(32, '0')}`;

/** Missed call, form, opt-out: one person, one lead, one text, one task. */
export async function leadResponse(stage: Stage, tell: Teller): Promise<void> {
  tell.chapter('Lead response: one business answers its own enquiries');
  const say = texts(stage, tell);
  const [business] = (await stage.get('/businesses')).data as Json[];
  await stage.post('/staff', {
    business_id: business?.id,
    name: 'Front desk',
    phone: '+12025550190',
    on_duty: true,
  });

  tell.step('A missed call becomes a lead, a callback task and one text');
  await stage.fromTwilio('/api/webhooks/twilio', {
    CallSid: newCall(),
    From: ANN,
    CallStatus: 'no-answer',
    Direction: 'inbound',
  });
  tell.came(`Twilio, signed: the call of ${ANN} was not answered`);
  const ann = await leadBy(stage, ANN);
  tell.decided(await tasksOf(stage, ann.id));
  await stage.settle();
  say();

  tell.step('A form of the same person adds to it: one lead, one text');
  const form = await stage.post('/forms/submissions', {
    form_id: 'contact',
    form_version: '1',
    submitted_at: new Date(stage.clock.now()).toISOString(),
    fields: {
      name: 'Ann Example',
      email: 'ann@example.com',
      phone: '(202) 555-0123',
      message: 'I called before.',
    },
    consent: { sms: true, text: 'You may text me.' },
  });
  tell.came('the form “contact”, with its consent to texts');
  tell.decided(
    `${form.lead_id === ann.id ? 'the same lead' : 'ANOTHER LEAD'}; acknowledgement ${form.acknowledgement?.status}: ${form.acknowledgement?.reason_code}`,
  );
  await stage.settle();
  say();

  tell.step('A caller who hides the number gets a task, and no text is possible');
  const hidden = await stage.post('/calls/missed', {
    provider: 'twilio',
    params: { CallSid: newCall(), From: 'anonymous', To: '+12025550100', CallStatus: 'busy' },
  });
  tell.came('a call without caller id, handed over by a workflow under its API key');
  tell.decided(`lead made, ${hidden.acknowledgement?.reason_code}`);

  tell.step('STOP is obeyed at once');
  await stage.fromTwilio('/api/webhooks/twilio/messages', {
    MessageSid: `SM${'9'.repeat(32)}`,
    From: BOB,
    Body: 'Stop',
    NumMedia: '0',
  });
  tell.came(`${BOB} texts “Stop”`);
  await stage.fromTwilio('/api/webhooks/twilio', {
    CallSid: newCall(),
    From: BOB,
    CallStatus: 'no-answer',
    Direction: 'inbound',
  });
  tell.came(`${BOB} calls, and is missed`);
  await stage.settle();
  const skipped = await lastMessage(stage, 'acknowledgement');
  tell.decided(
    `acknowledgement ${skipped.status}: ${skipped.reason_code}; somebody calls back all the same`,
  );
  say();
}
