import type { Business } from '../businesses/business-schema.js';
import { hoursOf } from '../businesses/hours.js';
import {
  defaultTemplates,
  renderTemplate,
  responseWindowText,
  type MessageKind,
} from './rules/index.js';

export interface Greeted {
  first_name: string | null;
  last_name: string | null;
}

/**
 * The text of a message that a template makes: the business's own, else the default one. The
 * promised time is the task's deadline (epoch milliseconds) as it stands at `at`.
 */
export function templateText(
  kind: MessageKind,
  business: Business,
  to: Greeted | null,
  dueAt: number | null,
  at: number,
): string {
  const template = business.templates[kind] ?? defaultTemplates[kind] ?? '';
  return renderTemplate(template, {
    business: business.name,
    name: to?.first_name ?? to?.last_name ?? null,
    response_window: responseWindowText(dueAt ?? at, at, hoursOf(business)),
    callback_number: business.callback_number,
    urgent_route: business.urgent_route,
    booking_url: business.booking_url,
    review_url: business.review_url,
  });
}
