import { IDS, WEBHOOK_IDS } from './ids.mjs';
import {
  answerJson,
  answerTwilio,
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
  qualify,
  REFUSALS,
  WHY,
  setting,
  settings,
  webhook,
  when,
} from './parts.mjs';
import { workflow } from './assemble.mjs';
import { notes, pins } from './missed-call-notes.mjs';

const body = `$('Settings').first().json.body`;
const call = (name) => `$('Call').first().json.${name}`;

/** The first of these fields that GoHighLevel or Twilio filled in. */
const said = (...names) =>
  `[${names.flatMap((name) => [`${body}?.${name}`, `${body}?.customData?.${name}`]).join(', ')}].find((value) => typeof value === 'string' && value.trim() !== '') || ''`;

const tail = notify([13, 0]);

const nodes = [
  webhook('Twilio Calls', [0, 0], 'leadloop/missed-call', WEBHOOK_IDS.twilioCalls),
  webhook('GoHighLevel Calls', [0, 2], 'leadloop/missed-call-ghl', WEBHOOK_IDS.ghlCalls, {
    rawBody: true,
  }),
  settings([1, 1], {
    twilio_url: '',
    ghl_secret: '',
    notify_url: '',
    notify_field: 'text',
    dashboard_url: '',
    say_call_back: 'Missed call: please call back.',
    say_book_now: 'Missed call, ready to book.',
  }),
  choose('Who Sent It', [2, 1], {
    Twilio: `$('Twilio Calls').isExecuted`,
    GoHighLevel: `$('GoHighLevel Calls').isExecuted`,
  }),

  when(
    'Signed by Twilio',
    [3, 0],
    `!!$json.headers['x-twilio-signature']?.trim() && !!$json.body?.CallSid`,
  ),
  leadLoop('Capture Twilio Call', [4, 0], 'lead', 'captureMissedCall', {
    provider: 'twilio',
    callParameters: '={{ $json.body }}',
    proof: {
      signature: `={{ $json.headers['x-twilio-signature'] }}`,
      url: '={{ $json.twilio_url || $json.webhookUrl }}',
    },
  }),
  choose('Why Not Twilio', [5, 2], REFUSALS, 'LeadLoop Is Away'),
  answerTwilio('Answer Twilio', [6, 0], 200),
  answerTwilio('Refuse Twilio', [6, 1], 403),
  answerTwilio('Reject Twilio', [6, 2], 400),
  answerTwilio('Ask Twilio Again', [6, 3], 503),

  when(
    'Proven by GoHighLevel',
    [3, 5],
    `Object.keys($json.body ?? {}).length > 0 && (!!$json.headers['x-ghl-signature']?.trim() || (!!$json.ghl_secret && $json.headers['x-leadloop-secret'] === $json.ghl_secret))`,
  ),
  leadLoop('Capture GoHighLevel Call', [4, 5], 'lead', 'captureMissedCall', {
    provider: 'ghl',
    callParameters: '={{ $json.body }}',
    proof: {
      signature: `={{ $json.headers['x-ghl-signature'] ?? '' }}`,
      rawBodyField: 'data',
    },
  }),
  choose('Why Not GoHighLevel', [5, 7], REFUSALS, 'LeadLoop Is Away'),
  answerJson(
    'Answer GoHighLevel',
    [6, 5],
    200,
    `{ lead_id: $json.lead_id, missed: $json.missed, reason: $json.reason, task_id: $json.task_id }`,
  ),
  answerJson(
    'Refuse GoHighLevel',
    [6, 6],
    403,
    `{ status: 'refused', reason_code: 'not_proven', reason: 'Neither a signature of GoHighLevel nor the right X-LeadLoop-Secret.' }`,
  ),
  answerJson(
    'Reject GoHighLevel',
    [6, 7],
    400,
    `{ status: 'invalid', reason_code: 'not_readable', reason: ${WHY} || 'The event cannot be read.' }`,
  ),
  answerJson(
    'Ask GoHighLevel Again',
    [6, 8],
    429,
    `{ status: 'try_again', reason_code: 'not_stored', reason: 'The call could not be stored now. Send it again.' }`,
  ),
  fail(
    'Call Not Stored',
    [7, 4],
    `'A call could not be stored, its sender was asked to send it again. ' + ${WHY}`,
  ),

  when('Was It Missed', [7, 0], '$json.missed === true'),
  firstTime([8, 0]),
  nothing('Nothing to Do', [9, 1]),
  fields('Call', [9, 0], {
    lead_id: '={{ $json.lead_id }}',
    task_id: '={{ $json.task_id }}',
    reason: '={{ $json.reason }}',
    words: `={{ ${said('TranscriptionText', 'transcription', 'message', 'notes')} }}`,
  }),
  when('Anything Said', [10, 0], `!!${call('words')}`),
  qualify('Qualify Call', [11, 1], {
    leadFrom: 'existing',
    leadId: byId(call('lead_id')),
    message: `={{ ${call('words')} }}`,
  }),
  message(
    'Booking Message',
    [12, 1],
    `{{ ${setting('say_book_now')} }} Score {{ $json.score }}: {{ $json.reason }} {{ $json.booking_url ? 'The booking link is saved on the lead.' : 'No booking page is set: please call.' }} ${leadLink(call('lead_id'))}`,
  ),
  message(
    'Callback Message',
    [12, 0],
    `{{ ${setting('say_call_back')} }} ({{ ${call('reason')} }}){{ $json.score ? ' Score ' + $json.score + ': ' + $json.reason : '' }} ${leadLink(call('lead_id'))}`,
  ),
  nothing('Leave It on the Task List', [12, 2]),
  ...tail.nodes,
];

const links = [
  ['Twilio Calls', 0, 'Settings'],
  ['GoHighLevel Calls', 0, 'Settings'],
  ['Settings', 0, 'Who Sent It'],
  ['Who Sent It', 0, 'Signed by Twilio'],
  ['Who Sent It', 1, 'Proven by GoHighLevel'],
  ['Signed by Twilio', 0, 'Capture Twilio Call'],
  ['Signed by Twilio', 1, 'Refuse Twilio'],
  ['Capture Twilio Call', 0, 'Answer Twilio'],
  ['Capture Twilio Call', 1, 'Why Not Twilio'],
  ['Why Not Twilio', 0, 'Refuse Twilio'],
  ['Why Not Twilio', 1, 'Reject Twilio'],
  ['Why Not Twilio', 2, 'Ask Twilio Again'],
  ['Ask Twilio Again', 0, 'Call Not Stored'],
  ['Proven by GoHighLevel', 0, 'Capture GoHighLevel Call'],
  ['Proven by GoHighLevel', 1, 'Refuse GoHighLevel'],
  ['Capture GoHighLevel Call', 0, 'Answer GoHighLevel'],
  ['Capture GoHighLevel Call', 1, 'Why Not GoHighLevel'],
  ['Why Not GoHighLevel', 0, 'Refuse GoHighLevel'],
  ['Why Not GoHighLevel', 1, 'Reject GoHighLevel'],
  ['Why Not GoHighLevel', 2, 'Ask GoHighLevel Again'],
  ['Ask GoHighLevel Again', 0, 'Call Not Stored'],
  ['Answer Twilio', 0, 'Was It Missed'],
  ['Answer GoHighLevel', 0, 'Was It Missed'],
  ['Was It Missed', 0, 'First Time'],
  ['Was It Missed', 1, 'Nothing to Do'],
  ['First Time', 0, 'Call'],
  ['First Time', 1, 'Nothing to Do'],
  ['Call', 0, 'Anything Said'],
  ['Anything Said', 0, 'Qualify Call'],
  ['Anything Said', 1, 'Callback Message'],
  ['Qualify Call', 0, 'Booking Message'],
  ['Qualify Call', 1, 'Callback Message'],
  ['Qualify Call', 2, 'Leave It on the Task List'],
  ['Qualify Call', 3, 'Callback Message'],
  ['Booking Message', 0, 'Notify Address Set'],
  ['Callback Message', 0, 'Notify Address Set'],
  ...tail.links,
];

export default workflow({
  id: IDS.missedCall,
  name: 'LeadLoop: Missed Call',
  errorWorkflow: IDS.errorHandler,
  nodes,
  links,
  notes,
  pins,
});
