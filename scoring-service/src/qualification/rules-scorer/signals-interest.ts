import type { Signal } from './signal.js';

const DAY =
  'mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?';

/** Alternatives of one pattern, one idea per line, each bounded at word ends. */
function anyOf(...alternatives: string[]): RegExp {
  return new RegExp(String.raw`\b(?:${alternatives.join('|')})\b`);
}

/** What raises or bounds the score in every vertical: readiness to book, urgency, open questions. */
export const INTEREST_SIGNALS: readonly Signal[] = [
  {
    code: 'asks_to_book',
    points: 25,
    pattern: anyOf(
      String.raw`(?<!was )(?:book|reserve|reservar|agendar)`,
      String.raw`(?<!(?:your|the|our|my|what|what's) )schedule`,
      String.raw`(?:make|set up|get|need|want|arrange|like|love|request) (?:an? |another |my first )?(?:[\w-]{1,15} ){0,2}(?:appointment|appt|consult(?:ation)?|visit)`,
      String.raw`(?:can|could|may) (?:i|we) have an? (?:appointment|appt|consult(?:ation)?)`,
      String.raw`(?:appointment|appt|consult(?:ation)?) (?:[\w-]{1,15} ){0,4}please`,
      String.raw`(?:sign|get|squeeze|fit) (?:me|us) (?:up|in)`,
      String.raw`(?:put|pencil|sign) (?:me|us|my \w{1,12}) (?:on|down|in|up)`,
      String.raw`get (?:me |us )?(?:on|onto) (?:your|the) (?:list|schedule|calendar|books)`,
      String.raw`on (?:the|your) (?:calendar|books|schedule)`,
      String.raw`(?:lock|hold) (?:you|us|me|it|that) in|hold a (?:spot|slot|time)`,
      String.raw`please (?:arrange|set up)|(?:like|want|need) to (?:arrange|reserve|set up|purchase|enroll|sign up|get in)`,
      String.raw`(?:hacer|quiero|necesito|quisiera) (?:una |hacer una )?cita`,
      String.raw`want to hire`,
    ),
    words: 'asks for an appointment',
    shareable: true,
  },
  {
    code: 'asks_availability',
    points: 20,
    pattern: anyOf(
      String.raw`(?:any|an|have|next|first|earliest) (?:available )?(?:openings?|slots?|appointments?|availability)|availability|next available|earliest|soonest`,
      String.raw`any(?:thing)? (?:open|available|free|chance|time|times|room)`,
      String.raw`(?:when|how soon|how (?:fast|quickly)|what (?:time|day|days|times)) (?:can|could|would|may) (?:i|we|you|she|he|they|someone|somebody)`,
      String.raw`(?:can|could) (?:you|someone|somebody) (?:see|take|come|look at|fit|send|squeeze|make it|get here)`,
      String.raw`(?:can|could|may) (?:i|we) (?:come|be seen|get (?:in|seen)|stop by|drop by|swing by)`,
      String.raw`(?:come|drop|stop|swing) (?:in|by|out|over) (?:for|today|tomorrow|any|this|next|on)`,
      String.raw`please (?:come|send (?:someone|somebody)|see me|get me)|need to be seen|(?:need|want) to see (?:the |a )?(?:dentist|doctor|someone)`,
      String.raw`(?:tell me|hope|hoping) you have (?:something|anything|time|room)`,
      String.raw`pueden (?:venir|atender\w{0,3}|ver\w{0,3})`,
    ),
    words: 'asks for the next opening',
    shareable: true,
  },
  {
    code: 'ready_to_start',
    points: 25,
    pattern: anyOf(
      String.raw`ready (?:to|for) (?:book|start|come|move|get|go|buy|begin|sign|schedule)`,
      String.raw`(?:want|like|love|need) to (?:start|begin|come|move forward|go ahead|get started)`,
      String.raw`(?:move|go|moving|going) (?:forward|ahead) with`,
      String.raw`when (?:do|can|could) (?:we|i|you) (?:begin|start)|how (?:do|can) (?:we|i) (?:get|start|begin)|how soon can i start`,
      String.raw`(?:accept|approve|agree to) (?:your|the) (?:proposal|quote|bid|estimate|offer)`,
      String.raw`(?:decided|made up my mind) (?:to|on)|i'm doing it|let'?s (?:do it|do this|go|get)`,
    ),
    words: 'is ready to go ahead',
    shareable: true,
  },
  {
    code: 'asks_for_it_at_a_time',
    points: 14,
    pattern: new RegExp(
      String.raw`\b(?:can|could|would) (?:you|someone|somebody) (?!send|tell|email|mail|explain|confirm|call|text|let|give)[^?]{1,60}\b(?:today|tomorrow|tonight|this week|next week|this weekend|${DAY})\b`,
    ),
    words: 'asks for the work at a set time',
    shareable: true,
  },
  {
    code: 'urgent',
    points: 20,
    pattern:
      /\b(?:urgent|urgently|urgente|emergency|emergencia|asap|a\.s\.a\.p|immediately|right away|as soon as possible|help now|someone now|somebody now|call me now|right now|quickly|today|tonight|hoy)\b/,
    words: 'sounds urgent',
    shareable: true,
  },
  {
    code: 'names_a_time',
    points: 12,
    pattern: new RegExp(
      String.raw`\b(?:${DAY})s?\b|\b(?:today|tomorrow|tonight|this week|next week|this weekend|any (?:day|morning|afternoon|evening|time)|mornings?|afternoons?|evenings?|esta semana|manana)\b|\bthe \d{1,2}(?:st|nd|rd|th)\b|\bat \d{1,2}\b|\b\d{1,2} ?(?:am|pm)\b`,
    ),
    words: 'names a preferred time',
    shareable: true,
  },
  {
    code: 'asks_price',
    points: -8,
    pattern:
      /\b(?:how much|price|prices|pricing|price list|cost|costs|charge|quotes?|estimate|ballpark|rates?|fees?|specials?|discounts?|deals?|cuanto)\b/,
    words: 'asks about price',
    shareable: true,
  },
  {
    code: 'asks_payment',
    points: 0,
    pattern:
      /\b(?:insurance|insured|financing|payment plans?|medicaid|medicare|ppo|hmo|in-network)\b/,
    words: 'asks about insurance or payment',
    shareable: true,
  },
  {
    code: 'only_looking',
    points: -8,
    ceiling: 70,
    scope: 'message',
    pattern:
      /\b(?:just|only) (?:comparing|looking|browsing|curious|want to know|a question|researching|asking|want a)\b|\bnot sure\b|\b(?:maybe|sometime) (?:later|after|next|in)\b|\bthinking (?:about|of)\b|\bno rush\b|\bnext year\b|\bbefore i decide\b|\b(?:comparing|shopping around|getting (?:a few|some|several)) (?:prices|quotes)\b/,
    words: 'is still looking around',
    shareable: true,
  },
  {
    code: 'not_booking_yet',
    points: -8,
    ceiling: 70,
    scope: 'message',
    pattern:
      /\b(?:not|don'?t|do not|won'?t|can'?t|isn'?t)(?! wait| hesitate| mind)(?: [\w']{1,15}){0,4} (?:book|booking|schedule|scheduling|appointment|come in|commit)\b/,
    words: 'does not want to book yet',
    shareable: true,
  },
  {
    code: 'changes_appointment',
    points: 0,
    ceiling: 70,
    scope: 'message',
    pattern:
      /\breschedul\w{1,4}\b|\b(?:i|we) have an? (?:[\w-]{1,15} ){0,2}(?:appointment|appt|visit|booking)\b|\b(?:my|our|'s) (?:next |upcoming )?(?:appointment|appt|visit|booking) (?:is|on|at|still|tomorrow|today)\b|\bcan'?t make it\b|\brunning (?:a bit |a little )?late\b|\b(?:move|change|cancel|push back|confirm) (?:my|our|the|an) (?:[\w-]{1,15} ){0,2}(?:appointment|appt|visit|booking|session)\b/,
    words: 'is about an existing appointment',
    shareable: true,
  },
  {
    code: 'records_or_billing',
    points: 0,
    ceiling: 65,
    scope: 'message',
    pattern:
      /\b(?:invoice|bill|billing|receipt|refund|statement|x-?rays?|medical records?|banked credits|gift cards?)\b/,
    words: 'is about records, billing or credit',
    shareable: true,
  },
  {
    code: 'after_a_visit',
    points: 0,
    ceiling: 65,
    scope: 'message',
    pattern:
      /\b(?:after|since|from|at) (?:my |the |our )?(?:last|yesterday'?s|last week'?s) (?:visit|appointment|treatment|service|session)\b|\b(?:with you|you did|you fixed|you installed|i was in|i was there)(?: [\w']{1,12}){0,3} (?:last|yesterday|week|month|days? ago)\b/,
    words: 'is about earlier work',
    shareable: true,
  },
  {
    code: 'wants_a_call',
    points: 0,
    pattern: /\b(?:call me|give me a (?:call|ring)|call ?back|phone me|llameme|llamame)\b/,
    words: 'asks for a call back',
    shareable: true,
  },
];
