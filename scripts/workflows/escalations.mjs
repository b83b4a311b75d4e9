import { IDS, WEBHOOK_IDS } from './ids.mjs';
import {
  choose,
  forget,
  leadLink,
  leadLoopTrigger,
  message,
  nothing,
  notify,
  once,
  setting,
  settings,
  when,
} from './parts.mjs';
import { workflow } from './assemble.mjs';
import { notes, pins } from './escalations-notes.mjs';

const EVENTS = {
  'Task Created': 'task.created',
  'Task Escalated': 'task.escalated',
  'Delivery Failed': 'delivery.failed',
  'Lead Unassigned': 'lead.unassigned',
  'Provider Degraded': 'provider.degraded',
  'Provider Recovered': 'provider.recovered',
};

const event = (name) => `$('Settings').first().json.${name}`;
const lead = leadLink(event('data.lead_id'));
const due = `{{ ${event('data.due_at')} ? 'Due ' + ${event('data.due_at')} + '. ' : '' }}`;

const TEXTS = {
  'Task Created': `A callback is waiting ({{ ${event('data.reason')} }}){{ ${event('data.needs_review')} ? ', please look soon' : '' }}. ${due}${lead}`,
  'Task Escalated': `A callback is late or nobody took it on ({{ ${event('data.reason')} }}). ${due}${lead}`,
  'Delivery Failed': `A lead could not be delivered to its broker's CRM: {{ ${event('data.reason_code')} }}. ${lead}`,
  'Lead Unassigned': `No order fits a lead: {{ ${event('data.reason_code')} }}. ${lead}`,
  'Provider Degraded': `{{ ${event('data.provider')} }} keeps failing ({{ ${event('data.reason')} }}). What depends on it waits, and goes on by itself.`,
  'Provider Recovered': `{{ ${event('data.provider')} }} works again ({{ ${event('data.reason')} }}).`,
};

const names = Object.keys(EVENTS);
const tail = notify([7, 2]);

const nodes = [
  leadLoopTrigger('LeadLoop Trigger', [0, 2], Object.values(EVENTS), WEBHOOK_IDS.escalations),
  settings([1, 2], {
    quiet_about: '',
    notify_url: '',
    notify_field: 'text',
    dashboard_url: '',
    say_first: 'LeadLoop:',
  }),
  when(
    'Wanted',
    [2, 2],
    `!${setting('quiet_about')}.split(',').map((type) => type.trim()).includes($json.type)`,
  ),
  nothing('Keep Quiet', [3, 4]),
  once('First Time', [3, 2], '$json.webhook_id'),
  forget('Forget Old Events', [4, 3]),
  choose(
    'What Happened',
    [5, 2],
    Object.fromEntries(names.map((name) => [name, `${event('type')} === '${EVENTS[name]}'`])),
    'Anything Else',
  ),
  ...names.map((name, row) =>
    message(`${name} Message`, [6, row], `{{ ${setting('say_first')} }} ${TEXTS[name]}`),
  ),
  message(
    'Other Message',
    [6, names.length],
    `{{ ${setting('say_first')} }} {{ ${event('type')} }}. {{ ${event('data.lead_id')} ? 'Lead ' + ${event('data.lead_id')} : '' }}`,
  ),
  ...tail.nodes,
];

const links = [
  ['LeadLoop Trigger', 0, 'Settings'],
  ['Settings', 0, 'Wanted'],
  ['Wanted', 0, 'First Time'],
  ['Wanted', 1, 'Keep Quiet'],
  ['First Time', 0, 'What Happened'],
  ['First Time', 1, 'Forget Old Events'],
  ['Forget Old Events', 0, 'What Happened'],
  ...names.map((name, output) => ['What Happened', output, `${name} Message`]),
  ['What Happened', names.length, 'Other Message'],
  ...names.map((name) => [`${name} Message`, 0, 'Notify Address Set']),
  ['Other Message', 0, 'Notify Address Set'],
  ...tail.links,
];

export default workflow({
  id: IDS.escalations,
  name: 'LeadLoop: Escalations',
  errorWorkflow: IDS.errorHandler,
  nodes,
  links,
  notes,
  pins,
});
