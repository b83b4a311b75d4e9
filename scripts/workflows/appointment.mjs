import { IDS, WEBHOOK_IDS } from './ids.mjs';
import {
  answerJson,
  byId,
  choose,
  fail,
  fields,
  firstTime,
  leadLink,
  leadLoop,
  message,
  nothing,
  notify,
  REFUSALS,
  WHY,
  setting,
  settings,
  webhook,
  when,
} from './parts.mjs';
import { workflow } from './assemble.mjs';
import { notes, pins } from './appointment-notes.mjs';

const booking = (name) => `$('Booking').first().json.${name}`;
const outcome = (name) => `$('Booking').first().json.outcome === '${name}'`;
const link = leadLink(booking('lead_id'));

const tail = notify([13, 0]);

const nodes = [
  webhook('Calendly Events', [0, 0], 'leadloop/appointment', WEBHOOK_IDS.calendly, {
    rawBody: true,
  }),
  webhook('Visit Results', [0, 3], 'leadloop/visit', WEBHOOK_IDS.visits),
  settings([1, 1], {
    visit_secret: '',
    notify_url: '',
    notify_field: 'text',
    dashboard_url: '',
    say_booked: 'Appointment booked.',
    say_moved: 'Appointment moved.',
    say_cancelled: 'Appointment cancelled: offer another time.',
    say_no_show: 'Did not come: offer another time.',
  }),
  choose('Who Sent It', [2, 1], {
    Calendly: `$('Calendly Events').isExecuted`,
    'Front Desk': `$('Visit Results').isExecuted`,
  }),

  when('Signed by Calendly', [3, 0], `!!$json.headers['calendly-webhook-signature']?.trim()`),
  leadLoop('Handle Calendly Event', [4, 0], 'appointment', 'handleCalendlyEvent', {
    signature: `={{ $json.headers['calendly-webhook-signature'] }}`,
    rawBodyField: 'data',
  }),
  choose('Why Not Calendly', [5, 2], REFUSALS, 'LeadLoop Is Away'),
  answerJson(
    'Answer Calendly',
    [6, 0],
    200,
    `{ outcome: $json.outcome, appointment_id: $json.appointment_id, lead_id: $json.lead_id }`,
  ),
  answerJson(
    'Refuse Calendly',
    [6, 1],
    403,
    `{ status: 'refused', reason_code: 'invalid_signature', reason: 'The request does not prove that it comes from Calendly.' }`,
  ),
  answerJson(
    'Reject Calendly',
    [6, 2],
    400,
    `{ status: 'invalid', reason_code: 'not_readable', reason: ${WHY} }`,
  ),
  answerJson(
    'Ask Calendly Again',
    [6, 3],
    503,
    `{ status: 'try_again', reason_code: 'not_stored', reason: 'The event could not be stored now. Send it again.' }`,
  ),

  when(
    'Knows the Secret',
    [3, 5],
    `!!$json.visit_secret && $json.headers['x-leadloop-secret'] === $json.visit_secret`,
  ),
  when(
    'Says How It Ended',
    [4, 5],
    `!!$json.body?.appointment_id && ['completed', 'no_show', 'cancelled'].includes($json.body?.status)`,
  ),
  leadLoop('Update Appointment', [5, 5], 'appointment', 'update', {
    appointmentId: '={{ $json.body.appointment_id }}',
    updateFields: { status: '={{ $json.body.status }}' },
  }),
  choose(
    'Why Not Updated',
    [6, 5],
    {
      Unknown: `$json.details?.status === 404`,
      'Not Possible': `[400, 409, 422].includes($json.details?.status)`,
    },
    'LeadLoop Is Away',
  ),
  answerJson(
    'Answer Front Desk',
    [7, 4],
    200,
    `{ appointment_id: $json.appointment_id, status: $json.status, review_request: $json.review_request }`,
  ),
  answerJson(
    'Refuse Front Desk',
    [4, 6],
    403,
    `{ status: 'refused', reason_code: ${setting('visit_secret')} ? 'wrong_secret' : 'no_secret_set', reason: 'Send the visit_secret of the Settings node as X-LeadLoop-Secret.' }`,
  ),
  answerJson(
    'Correct Front Desk',
    [5, 7],
    400,
    `{ status: 'invalid', reason_code: 'missing_fields', reason: 'Send appointment_id, and status: completed, no_show or cancelled.' }`,
  ),
  answerJson(
    'Not Found',
    [7, 5],
    404,
    `{ status: 'not_found', reason_code: 'not_found', reason: ${WHY} }`,
  ),
  answerJson(
    'Not Changed',
    [7, 6],
    '={{ $json.details.status }}',
    `{ status: 'not_changed', reason_code: $json.details.code, reason: ${WHY} }`,
  ),
  answerJson(
    'Ask Front Desk Again',
    [7, 7],
    503,
    `{ status: 'try_again', reason_code: 'not_stored', reason: 'The result could not be stored now. Send it again.' }`,
  ),
  fail(
    'Event Not Stored',
    [8, 3],
    `'An appointment event could not be stored, its sender was asked to send it again. ' + ${WHY}`,
  ),

  firstTime([8, 0]),
  fields('Booking', [9, 0], {
    outcome: `={{ $json.outcome ?? ({ completed: 'kept' }[$json.status] ?? $json.status) }}`,
    lead_id: '={{ $json.lead_id }}',
    appointment_id: '={{ $json.appointment_id }}',
  }),
  choose(
    'What Happened',
    [10, 0],
    {
      Booked: outcome('booked'),
      Moved: outcome('rescheduled'),
      Cancelled: outcome('cancelled'),
      'No-Show': outcome('no_show'),
      Kept: outcome('kept'),
    },
    'Nothing New',
  ),
  message(
    'Booked Message',
    [12, 0],
    `{{ ${setting('say_booked')} }} The callback is done, the review request is planned. ${link}`,
  ),
  message(
    'Moved Message',
    [12, 1],
    `{{ ${setting('say_moved')} }} The review request moved along. ${link}`,
  ),
  leadLoop(
    'Ask for a Callback',
    [11, 2],
    'task',
    'create',
    {
      leadId: byId(booking('lead_id')),
      reason: `={{ ${outcome('cancelled')} ? ${setting('say_cancelled')} : ${setting('say_no_show')} }}`,
    },
    false,
  ),
  message(
    'Rebook Message',
    [12, 2],
    `{{ ${outcome('cancelled')} ? ${setting('say_cancelled')} : ${setting('say_no_show')} }} {{ $json.error ? 'No new callback task: ' + ${WHY} + '.' : 'A callback task is open.' }} ${link}`,
  ),
  nothing('Review Request Is Planned', [11, 3]),
  nothing('Nothing to Tell', [11, 4]),
  ...tail.nodes,
];

const links = [
  ['Calendly Events', 0, 'Settings'],
  ['Visit Results', 0, 'Settings'],
  ['Settings', 0, 'Who Sent It'],
  ['Who Sent It', 0, 'Signed by Calendly'],
  ['Who Sent It', 1, 'Knows the Secret'],
  ['Signed by Calendly', 0, 'Handle Calendly Event'],
  ['Signed by Calendly', 1, 'Refuse Calendly'],
  ['Handle Calendly Event', 0, 'Answer Calendly'],
  ['Handle Calendly Event', 1, 'Why Not Calendly'],
  ['Why Not Calendly', 0, 'Refuse Calendly'],
  ['Why Not Calendly', 1, 'Reject Calendly'],
  ['Why Not Calendly', 2, 'Ask Calendly Again'],
  ['Ask Calendly Again', 0, 'Event Not Stored'],
  ['Answer Calendly', 0, 'First Time'],
  ['Knows the Secret', 0, 'Says How It Ended'],
  ['Knows the Secret', 1, 'Refuse Front Desk'],
  ['Says How It Ended', 0, 'Update Appointment'],
  ['Says How It Ended', 1, 'Correct Front Desk'],
  ['Update Appointment', 0, 'Answer Front Desk'],
  ['Update Appointment', 1, 'Why Not Updated'],
  ['Why Not Updated', 0, 'Not Found'],
  ['Why Not Updated', 1, 'Not Changed'],
  ['Why Not Updated', 2, 'Ask Front Desk Again'],
  ['Ask Front Desk Again', 0, 'Event Not Stored'],
  ['Answer Front Desk', 0, 'First Time'],
  ['First Time', 0, 'Booking'],
  ['First Time', 1, 'Nothing to Tell'],
  ['Booking', 0, 'What Happened'],
  ['What Happened', 0, 'Booked Message'],
  ['What Happened', 1, 'Moved Message'],
  ['What Happened', 2, 'Ask for a Callback'],
  ['What Happened', 3, 'Ask for a Callback'],
  ['What Happened', 4, 'Review Request Is Planned'],
  ['What Happened', 5, 'Nothing to Tell'],
  ['Ask for a Callback', 0, 'Rebook Message'],
  ['Ask for a Callback', 1, 'Rebook Message'],
  ['Booked Message', 0, 'Notify Address Set'],
  ['Moved Message', 0, 'Notify Address Set'],
  ['Rebook Message', 0, 'Notify Address Set'],
  ...tail.links,
];

export default workflow({
  id: IDS.appointment,
  name: 'LeadLoop: Appointment',
  errorWorkflow: IDS.errorHandler,
  nodes,
  links,
  notes,
  pins,
});
