import type { Prompt } from './prompt.js';
import { sharedV1 } from './shared.v1.js';

export const genericV1: Prompt = {
  version: 'generic.v1',
  system: (thresholds) =>
    sharedV1(
      'a local service business',
      [
        'Something broken, leaking, unsafe or stopping daily life is urgent: high.',
        'Asking for a visit, an on-site estimate, a slot or a start date is readiness to book, also when a price is asked along the way.',
        'A price, service-area, opening-hours or qualification question alone is follow_up.',
        'Existing customers with a complaint, an invoice or a scheduled visit are follow_up: they need a person, not a link.',
        'Offers of loans, marketing, websites, supplies or labour to the business are low_quality.',
      ],
      thresholds,
    ),
};
