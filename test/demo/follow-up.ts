import { inviteeCanceled, inviteeCreated, inviteeRescheduled } from '../fakes/calendly.js';
import { enquirySent } from '../fakes/openai.js';
import { lastMessage, tasksOf, texts } from './look.js';
import type { Json, Stage } from './stage.js';
import type { Teller } from './tell.js';

export const FOLLOW_UP_STEPS = 9;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Enquirer {
  name: string;
  email: string;
  phone: string;
}

async function enquire(stage: Stage, tell: Teller, who: Enquirer, message: string): Promise<Json> {
  tell.came(`${who.name} writes: “${message}”`);
  return stage.post('/forms/submissions', {
    form_id: 'contact',
    form_version: '1',
    submitted_at: new Date(stage.clock.now()).toISOString(),
    fields: { ...who, message },
    consent: { sms: true, text: 'You may text me.' },
  });
}

const judged = (lead: Json): string =>
  lead.qualification == null
    ? 'not qualified'
    : `${lead.qualification.decision}, score ${lead.qualification.score}, by ${lead.qualification.source}: ${lead.qualification.reason}`;

const CARA: Enquirer = { name: 'Cara Example', email: 'cara@example.com', phone: '+12025550151' };
const DAN: Enquirer = { name: 'Dan Sample', email: 'dan@example.com', phone: '+12025550152' };
const EVE: Enquirer = { name: 'Eve Placeholder', email: 'eve@example.com', phone: '+12025550153' };
const FAY: Enquirer = { name: 'Fay Example', email: 'fay@example.com', phone: '+12025550154' };

/** From an enquiry to an appointment to the review request. */
export async function followUp(stage: Stage, tell: Teller): Promise<void> {
  tell.chapter('Qualification, booking, appointments, reviews');
  const say = texts(stage, tell);
  const [business] = (await stage.get('/businesses')).data as Json[];
  await stage.call('PATCH', `/businesses/${business?.id}`, {
    version: business?.version,
    vertical: 'dental',
    qualification_enabled: true,
    booking_link_enabled: true,
  });
  const leadOf = ({ lead_id: id }: Json): Promise<Json> => stage.get(`/leads/${id}`);

  tell.step('Somebody who wants to book gets the booking link');
  const cara = await enquire(
    stage,
    tell,
    CARA,
    'Please book me an appointment for a cleaning this week.',
  );
  await stage.settle();
  const asked = stage.openai.requests.at(-1);
  if (asked !== undefined)
    tell.out(`to the model, without phone and e-mail: ${enquirySent(asked)}`);
  const booking = await leadOf(cara);
  tell.decided(judged(booking));
  say();

  tell.step('A question leads to a call back, without a link');
  const dan = await enquire(stage, tell, DAN, 'Do you take my insurance?');
  await stage.settle();
  tell.decided(`${judged(await leadOf(dan))}; ${await tasksOf(stage, dan.lead_id)}`);
  say();

  tell.step('A sales pitch leads to neither');
  const pitch = await stage.post('/qualify', {
    name: 'Pat Sample',
    email: 'pat@example.com',
    message: 'Our SEO experts will rank your site first. Buy now.',
  });
  tell.came('POST /api/qualify with a bare lead: an offer of SEO');
  tell.decided(
    `${pitch.decision}, score ${pitch.score}, by ${pitch.source}; link ${pitch.booking_url ?? 'none'}, task ${pitch.task_id ?? 'none'}`,
  );
  say();

  tell.step('With the model away the rules answer, and the model is asked again later');
  stage.openai.setMode({ kind: 'status', status: 401 });
  const eve = await enquire(
    stage,
    tell,
    EVE,
    'I would like to book an appointment as soon as possible.',
  );
  await stage.settle();
  tell.decided(judged(await leadOf(eve)));
  say();
  stage.openai.setMode({ kind: 'answer' });
  stage.clock.moveTo(stage.clock.now() + HOUR_MS);
  tell.clock('an hour later the model answers again');
  await stage.settle();
  tell.decided(judged(await leadOf(eve)));
  const results = (
    (await stage.get(`/leads/${eve.lead_id}/timeline?limit=200`)).data as Json[]
  ).filter(({ type }) => type === 'qualification');
  tell.decided(`both results are kept: ${results.map(({ data }) => data.source).join(', ')}`);
  say();

  tell.step('A booking at Calendly through the link finds its lead');
  const utmContent = new URL(booking.booking_url).searchParams.get('utm_content');
  const day = (days: number): string => new Date(stage.clock.now() + days * DAY_MS).toISOString();
  const first = {
    id: 'one',
    email: 'cara.private@example.com',
    name: CARA.name,
    startsAt: day(1),
    utmContent,
  };
  const booked = await stage.fromCalendly(inviteeCreated(first, stage.clock.now()));
  tell.came(`Calendly, signed: booked for ${first.startsAt}, under another e-mail`);
  const appointment = await stage.get(`/appointments/${booked.appointment_id}`);
  tell.decided(
    `${booked.lead_id === cara.lead_id ? 'her lead, by the signed reference' : 'ANOTHER LEAD'}; ${await tasksOf(stage, cara.lead_id)}; review request for ${appointment.review_request.scheduled_for}`,
  );

  tell.step('Moved: still one appointment, and the review request moves along');
  const second = { ...first, id: 'two', startsAt: day(3) };
  const move = inviteeRescheduled(first, second, stage.clock.now());
  await stage.fromCalendly(move.canceled);
  await stage.fromCalendly(move.created);
  tell.came('Calendly: a cancellation and a booking that belong together');
  const moved = await stage.get(`/appointments/${booked.appointment_id}`);
  tell.decided(
    `${moved.status} for ${moved.scheduled_at}, moved ${moved.moves} time; review request for ${moved.review_request.scheduled_for}`,
  );

  tell.step('A day after the appointment the review text goes out');
  stage.clock.moveTo(Date.parse(moved.review_request.scheduled_for) + 1000);
  tell.clock(`moved to ${moved.review_request.scheduled_for}`);
  await stage.settle();
  const review = (await stage.get(`/appointments/${booked.appointment_id}`)).review_request as Json;
  if (review.status === 'deferred') {
    const message = await lastMessage(stage, 'review_request');
    stage.clock.moveTo(Date.parse(message.send_at) + 1000);
    tell.clock(`quiet hours where she is; moved to ${message.send_at}`);
    await stage.settle();
  }
  say();

  tell.step('A workflow posts an appointment and cancels it: nobody is asked how it was');
  const fay = await enquire(stage, tell, FAY, 'I would like to book an appointment.');
  const plain = await stage.post('/appointments', {
    lead_id: fay.lead_id,
    scheduled_at: day(2),
    service_type: 'Cleaning',
  });
  tell.came(`POST /api/appointments for ${plain.scheduled_at}`);
  tell.decided(
    `${plain.status}; review request ${plain.review_request.status} for ${plain.review_request.scheduled_for}`,
  );
  await stage.settle();
  // With an appointment ahead there is no link to send.
  tell.decided(judged(await leadOf(fay)));
  say();
  const cancelled = await stage.call('PATCH', `/appointments/${plain.id}`, {
    version: plain.version,
    status: 'cancelled',
  });
  tell.came('PATCH /api/appointments/:id with the status cancelled');
  tell.decided(`${cancelled.status}; review request ${cancelled.review_request.status}`);

  tell.step('A booking that is cancelled at Calendly is asked about nothing');
  const third = { id: 'three', email: DAN.email, name: DAN.name, startsAt: day(1) };
  await stage.fromCalendly(inviteeCreated(third, stage.clock.now()));
  const gone = await stage.fromCalendly(inviteeCanceled(third, stage.clock.now()));
  tell.came('Calendly: Dan books and cancels');
  stage.clock.moveTo(stage.clock.now() + 3 * DAY_MS);
  tell.clock('three days later');
  await stage.settle();
  const after = await stage.get(`/appointments/${gone.appointment_id}`);
  tell.decided(`appointment ${after.status}, review request ${after.review_request.status}`);
  say();
}
