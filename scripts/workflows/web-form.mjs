import { IDS, WEBHOOK_IDS } from './ids.mjs';
import {
  answerJson,
  byId,
  choose,
  fail,
  firstTime,
  leadLink,
  leadLoop,
  message,
  notify,
  nothing,
  qualify,
  redirect,
  REFUSALS,
  WHY,
  setting,
  settings,
  webhook,
  when,
} from './parts.mjs';
import { workflow } from './assemble.mjs';
import { notes, pins } from './web-form-notes.mjs';

/** A form's field, sent flat or under `fields`. */
const field = (name) => `$json.body?.fields?.${name} ?? $json.body?.${name}`;
const consent = (name) => `$json.body?.consent?.${name} ?? $json.body?.consent_${name}`;
const leadId = `$('Capture Form').first().json.lead_id`;

const tail = notify([8, 0]);

const nodes = [
  webhook('Form Posts', [0, 0], 'leadloop/web-form', WEBHOOK_IDS.webForm),
  settings([1, 0], {
    form_id: 'website',
    thanks_url: '',
    say_thanks: 'Thank you. We have your message and will be in touch.',
    notify_url: '',
    notify_field: 'text',
    dashboard_url: '',
    say_call_back: 'New enquiry: please call back.',
    say_book_now: 'New enquiry, ready to book.',
  }),
  leadLoop('Capture Form', [2, 0], 'lead', 'captureForm', {
    formId: '={{ $json.form_id }}',
    name: `={{ ${field('name')} }}`,
    email: `={{ ${field('email')} }}`,
    phone: `={{ ${field('phone')} }}`,
    message: `={{ ${field('message')} }}`,
    additionalFields: {
      custom: `={{ { company: ${field('company')}, business_name: ${field('business_name')}, state: ${field('state')}, area: ${field('area')} } }}`,
      first_name: `={{ ${field('first_name')} }}`,
      form_version: '={{ $json.body?.form_version }}',
      last_name: `={{ ${field('last_name')} }}`,
      postal_code: `={{ ${field('postal_code')} }}`,
      service: `={{ ${field('service')} }}`,
      submission_id: '={{ $json.body?.submission_id }}',
      submitted_at: '={{ $json.body?.submitted_at }}',
    },
    consent: {
      certificate_url: `={{ ${consent('certificate_url')} }}`,
      text: `={{ ${consent('text')} }}`,
      email: `={{ ${consent('email')} ?? false }}`,
      ip: `={{ $json.body?.consent?.ip ?? $json.headers['x-forwarded-for'] }}`,
      url: `={{ $json.body?.consent?.url ?? $json.headers.referer }}`,
      sms: `={{ ${consent('sms')} ?? false }}`,
      user_agent: `={{ $json.body?.consent?.user_agent ?? $json.headers['user-agent'] }}`,
    },
  }),
  choose('Why Not', [3, 2], { 'Not Readable': REFUSALS['Not Readable'] }, 'LeadLoop Is Away'),
  when(
    'Thank-You Page Set',
    [3, 0],
    `!!${setting('thanks_url')} && !($('Settings').first().json.headers['content-type'] ?? '').includes('json')`,
  ),
  redirect('Show Thank-You Page', [4, 0], setting('thanks_url')),
  answerJson(
    'Answer Form',
    [4, 1],
    200,
    `{ status: 'received', message: ${setting('say_thanks')} }`,
  ),
  answerJson(
    'Name the Fields',
    [4, 2],
    400,
    `{ status: 'invalid', message: 'Please correct these fields.', fields: Object.fromEntries(Object.entries($json.details ?? {}).filter(([name]) => !['code', 'status'].includes(name)).map(([name, rule]) => [name.replace('fields.', ''), rule])) }`,
  ),
  answerJson(
    'Ask to Try Again',
    [4, 3],
    503,
    `{ status: 'try_again', message: 'Your message could not be stored just now. Please send it again in a minute.' }`,
  ),
  fail(
    'Form Not Stored',
    [5, 3],
    `'A form could not be stored, its sender was asked to send it again. ' + ${WHY}`,
  ),
  firstTime([5, 0]),
  nothing('Nothing to Do', [6, 1]),
  qualify('Qualify Enquiry', [6, 0], {
    leadFrom: 'existing',
    leadId: byId(leadId),
  }),
  message(
    'Booking Message',
    [7, 0],
    `{{ ${setting('say_book_now')} }} Score {{ $json.score }}: {{ $json.reason }} {{ $json.booking_url ? 'The booking link is saved on the lead.' : 'No booking page is set: please call.' }} ${leadLink(leadId)}`,
  ),
  message(
    'Callback Message',
    [7, 1],
    `{{ ${setting('say_call_back')} }}{{ $json.score ? ' Score ' + $json.score + ': ' + $json.reason : '' }} ${leadLink(leadId)}`,
  ),
  nothing('Leave It on the Task List', [7, 2]),
  ...tail.nodes,
];

const links = [
  ['Form Posts', 0, 'Settings'],
  ['Settings', 0, 'Capture Form'],
  ['Capture Form', 0, 'Thank-You Page Set'],
  ['Capture Form', 1, 'Why Not'],
  ['Why Not', 0, 'Name the Fields'],
  ['Why Not', 1, 'Ask to Try Again'],
  ['Ask to Try Again', 0, 'Form Not Stored'],
  ['Thank-You Page Set', 0, 'Show Thank-You Page'],
  ['Thank-You Page Set', 1, 'Answer Form'],
  ['Show Thank-You Page', 0, 'First Time'],
  ['Answer Form', 0, 'First Time'],
  ['First Time', 0, 'Qualify Enquiry'],
  ['First Time', 1, 'Nothing to Do'],
  ['Qualify Enquiry', 0, 'Booking Message'],
  ['Qualify Enquiry', 1, 'Callback Message'],
  ['Qualify Enquiry', 2, 'Leave It on the Task List'],
  ['Qualify Enquiry', 3, 'Callback Message'],
  ['Booking Message', 0, 'Notify Address Set'],
  ['Callback Message', 0, 'Notify Address Set'],
  ...tail.links,
];

export default workflow({
  id: IDS.webForm,
  name: 'LeadLoop: Web Form',
  errorWorkflow: IDS.errorHandler,
  nodes,
  links,
  notes,
  pins,
});
