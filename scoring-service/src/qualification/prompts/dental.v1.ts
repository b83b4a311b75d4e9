import type { Prompt } from './prompt.js';
import { sharedV1 } from './shared.v1.js';

export const dentalV1: Prompt = {
  version: 'dental.v1',
  system: (thresholds) =>
    sharedV1(
      'a dental practice',
      [
        'Pain, swelling, a broken tooth, or a lost filling or crown is urgent: high, even when the person does not use the word appointment.',
        'A person who cannot breathe or swallow, or bleeds without stopping, needs a human at once: follow_up, and say so in the reason.',
        'New patients and families asking to be seen, and high-value treatment (implants, aligners, veneers, crowns) with readiness to start, rank high.',
        'Insurance, price or financing questions alone, records, bills, rescheduling and questions after a visit are follow_up.',
        'Nervousness is not reluctance: an anxious person who wants to come in is book_now.',
        'Never diagnose and never advise treatment in the reason.',
      ],
      thresholds,
    ),
};
