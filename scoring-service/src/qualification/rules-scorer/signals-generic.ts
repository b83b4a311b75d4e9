import type { Signal } from './signal.js';

/** Words of home, personal and professional services. */
export const GENERIC_SIGNALS: readonly Signal[] = [
  {
    code: 'something_broke',
    points: 18,
    pattern:
      /\b(?:se me rompio|leak(?:s|ing|ed)?|flood(?:ed|ing)?|overflow\w{0,4}|burst|broke|broken|died|stopped working|not working|won'?t (?:start|turn on|close|open)|locked out|no (?:heat|power|hot water)|clogged|sparking|backed up|quit (?:working|overnight)|tripping|burning|stuck|agua por)\b/,
    words: 'describes something broken',
    shareable: true,
  },
  {
    code: 'needs_a_service',
    points: 10,
    pattern:
      /\b(?:need|needs|want|like|looking for|necesito) (?:a|an|to have|to get|someone|somebody|help|our|my|un|una)\b/,
    words: 'needs a service',
    shareable: true,
  },
  {
    code: 'wants_an_on_site_estimate',
    points: 12,
    pattern:
      /\b(?:schedule|book|set up|come (?:by|out)|arrange)(?: [\w-]{1,12}){0,4} (?:estimate|quote|measure|inspection|look)\b/,
    words: 'wants someone to come and look',
    shareable: true,
  },
];
