import type { Business } from '../../businesses/business-schema.js';
import {
  type MessageKind,
  defaultTemplates,
  messageKinds,
  renderTemplate,
} from '../../messaging/rules/index.js';
import type { Problem } from '../screen.js';

/** Kinds that are sent from a template. */
export const TEMPLATE_KINDS = messageKinds.filter((kind) => defaultTemplates[kind] !== null);

/** What a preview greets and names; nobody's data. */
function sampleValues(business: Business): Record<string, string> {
  return {
    business: business.name,
    name: 'Ann',
    response_window: `within ${business.response_window_minutes} minutes`,
    callback_number: business.callback_number ?? '+12025550100',
    urgent_route: business.urgent_route ?? 'call us',
    booking_url: business.booking_url ?? 'https://example.com/book',
    review_url: business.review_url ?? 'https://example.com/review',
  };
}

/** The text a template makes, as typed or as kept, or the default one. */
export function Preview({
  business,
  kind,
  problem,
}: {
  business: Business;
  kind: MessageKind;
  problem: Problem | null;
}) {
  const typed = problem?.typed.get(`template_${kind}`) ?? business.templates[kind] ?? '';
  const template = typed === '' ? (defaultTemplates[kind] ?? '') : typed;
  return (
    <p class="text preview">
      <span class="faint">Preview: </span>
      <bdi safe>{renderTemplate(template, sampleValues(business))}</bdi>
    </p>
  );
}
