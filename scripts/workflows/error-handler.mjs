import { IDS } from './ids.mjs';
import { errorTrigger, fields, forget, notify, once, setting, settings } from './parts.mjs';
import { workflow } from './assemble.mjs';
import { notes, pins } from './error-handler-notes.mjs';

const failed = (name) => `$('Failure').first().json.${name}`;
const tail = notify([6, 0]);

const nodes = [
  errorTrigger('Error Trigger', [0, 0]),
  settings([1, 0], {
    quiet_minutes: 10,
    notify_url: '',
    notify_field: 'text',
    say_first: 'A LeadLoop workflow failed:',
  }),
  fields('Failure', [2, 0], {
    workflow_name: `={{ $json.workflow?.name ?? 'unknown' }}`,
    node: `={{ $json.execution?.lastNodeExecuted ?? $json.trigger?.error?.node?.name ?? 'the trigger' }}`,
    reason: `={{ $json.execution?.error?.message ?? $json.trigger?.error?.message ?? 'no reason was given' }}`,
    link: `={{ $json.execution?.url ?? '' }}`,
    window: `={{ $json.quiet_minutes > 0 ? Math.floor($now.toMillis() / 60000 / $json.quiet_minutes) : ($json.execution?.id ?? $now.toMillis()) }}`,
  }),
  once('First in a While', [3, 0], `$json.workflow_name + ':' + $json.node + ':' + $json.window`),
  forget('Forget Old Failures', [4, 1]),
  fields('Failure Message', [5, 0], {
    text: `={{ ${setting('say_first')} }} {{ ${failed('workflow_name')} }}, at "{{ ${failed('node')} }}": {{ ${failed('reason')} }} {{ ${failed('link')} }}`,
  }),
  ...tail.nodes,
];

const links = [
  ['Error Trigger', 0, 'Settings'],
  ['Settings', 0, 'Failure'],
  ['Failure', 0, 'First in a While'],
  ['First in a While', 0, 'Failure Message'],
  ['First in a While', 1, 'Forget Old Failures'],
  ['Forget Old Failures', 0, 'Failure Message'],
  ['Failure Message', 0, 'Notify Address Set'],
  ...tail.links,
];

export default workflow({
  id: IDS.errorHandler,
  name: 'LeadLoop: Error Handler',
  nodes,
  links,
  notes,
  pins,
});
