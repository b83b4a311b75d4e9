import type { Prompt } from './prompt.js';
import { sharedV1 } from './shared.v1.js';

export const medSpaV1: Prompt = {
  version: 'med_spa.v1',
  system: (thresholds) =>
    sharedV1(
      'a med spa',
      [
        'A named treatment with a day, a deadline or an occasion (wedding, trip, reunion) ranks high; so does someone who had it before and is due again.',
        'Packages, programs and group bookings the person is ready to start rank high.',
        'Price per unit, comparisons of products, suitability (pregnancy, skin type, medicines) and discounts alone are follow_up.',
        'Bruising, swelling, drooping or any reaction after a treatment needs a human: follow_up, and say so in the reason.',
        'Requests for free treatment in exchange for publicity are low_quality.',
        'Never promise results and never give medical advice in the reason.',
      ],
      thresholds,
    ),
};
