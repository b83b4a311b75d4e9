import { readWindows } from '../components/windows-editor.js';
import { listOf, type Form } from '../form.js';
import { TEMPLATE_KINDS } from './business-texts.js';

const CLEARABLE = [
  'callback_number',
  'booking_url',
  'review_url',
  'urgent_route',
  'default_owner_id',
];

function templatesOf(form: Form): Record<string, string> {
  return Object.fromEntries(
    TEMPLATE_KINDS.map((kind) => [kind, form.get(`template_${kind}`)] as const).filter(
      ([, text]) => text !== '',
    ),
  );
}

export function readChange(form: Form): Record<string, unknown> {
  return {
    version: form.get('version'),
    name: form.get('name'),
    phones: listOf(form, 'phones'),
    timezone: form.get('timezone'),
    hours: readWindows(form),
    dates_off: listOf(form, 'dates_off'),
    ...Object.fromEntries(CLEARABLE.map((name) => [name, form.get(name)])),
    response_window_minutes: form.get('response_window_minutes'),
    unclaimed_minutes: form.get('unclaimed_minutes'),
    services: listOf(form, 'services'),
    service_areas: listOf(form, 'service_areas'),
    urgent_keywords: listOf(form, 'urgent_keywords'),
    vertical: form.get('vertical'),
    privacy_profile: form.get('privacy_profile'),
    missed_call_quiet_hours: form.get('missed_call_quiet_hours'),
    qualification_enabled: form.has('qualification_enabled'),
    booking_link_enabled: form.has('booking_link_enabled'),
    templates: templatesOf(form),
  };
}
