/**
 * Wordings that opt a phone out, as data. Texts are compared in the form that `foldInbound`
 * gives them: lower case, no diacritics, no apostrophes, words separated by one space.
 */

/**
 * Whole messages (politeness aside) and whole sentences that opt out. "stop", "unsubscribe" and
 * the like mean one thing even as one sentence among others.
 */
export const strongKeywords: ReadonlySet<string> = new Set([
  'stop',
  'stopall',
  'stop all',
  'stop it',
  'stop this',
  'stop everything',
  'unsubscribe',
  'un subscribe',
  'unsub',
  'revoke',
  'optout',
  'opt out',
  'opt me out',
  'opting out',
  'do not disturb',
  'remove me',
  'remove',
  'leave me alone',
  'fuck off',
  'piss off',
  // Spanish and French words that carriers' and senders' lists commonly carry.
  'alto',
  'parar',
  'pare',
  'paren',
  'para ya',
  'basta',
  'no mas',
  'detener',
  'baja',
  'arret',
  'arretez',
]);

/**
 * Words that opt out only as the whole message: inside a conversation about appointments they
 * mean something else ("Can't make Tuesday. Cancel.").
 */
export const wholeMessageKeywords: ReadonlySet<string> = new Set([
  'cancel',
  'end',
  'quit',
  'end all',
  'cancel all',
  'quit it',
  'cancelar',
]);

/** Words around a keyword that change nothing. */
export const politeWords: ReadonlySet<string> = new Set([
  'please',
  'pls',
  'plz',
  'thanks',
  'thank',
  'you',
  'thx',
  'ty',
  'now',
  'ok',
  'okay',
  'just',
  'hi',
  'hello',
  'hey',
  'sorry',
  'immediately',
  'already',
  'por',
  'favor',
  'gracias',
]);

const MESSAGE =
  '(?:texts?|txts?|messages?|msgs?|sms|texting|messaging|spam|reminders?|notifications?|alerts?|promos?|promotions?|ads?)';
const TO_TEXT = '(?:text|txt|message|msg|contact|sms|spam|bother|harass|write|bug)';
const TEXTING =
  '(?:texting|txting|messaging|msging|contacting|spamming|bothering|harassing|bugging|writing)';
const LIST =
  '(?:lists?|mailing|database|system|contacts?|records?|distribution|subscription|group|chat|thread)';
const THESE =
  '(?:the|these|those|this|your|ur|all|any|more|such|further|future|me|sending|getting|receiving|with|of|automated|text|sms|marketing|promotional)';

/** Wordings anywhere in the message. */
export const optOutWordings: readonly (readonly [code: string, pattern: RegExp])[] = [
  ['stop_texting', new RegExp(`\\b(?:stop|quit|cease|end) ${TEXTING}\\b`)],
  [
    'stop_calling',
    /\b(?:stop|quit) (?:calling|phoning)(?: and texting| or texting)?(?: me| us| this| my| now| please|$)/,
  ],
  [
    'stop_messages',
    new RegExp(
      `\\b(?:stop|end|cancel|quit|cease|halt|discontinue)(?: ${THESE}){0,5} ${MESSAGE}\\b`,
    ),
  ],
  [
    'no_more_messages',
    new RegExp(
      `\\bno (?:more )?(?:${THESE} ){0,3}${MESSAGE}(?: please| thanks| thank you| anymore| any more| ever| again)*$|\\bno more (?:${THESE} ){0,3}${MESSAGE}\\b`,
    ),
  ],
  [
    'do_not_text',
    new RegExp(
      `\\b(?:do not|dont|dnt|never|not to) (?:you )?(?:ever )?${TO_TEXT}(?: to)? (?:me|us|this (?:number|phone)|my (?:number|phone|cell)|again|anymore|any more|ever)\\b`,
    ),
  ],
  ['do_not_text', new RegExp(`^(?:please )?(?:do not|dont) (?:text|message|contact)(?: please)?$`)],
  [
    'do_not_call',
    /\b(?:do not|dont|never) call (?:me |us |this number |my number )?(?:again|anymore|any more|ever|or (?:text|message))\b/,
  ],
  [
    'do_not_send',
    new RegExp(
      `\\b(?:do not|dont|never) (?:ever )?send (?:me |us )?(?:${THESE} ){0,4}(?:${MESSAGE}|anything)\\b`,
    ),
  ],
  [
    'do_not_want',
    new RegExp(
      `\\b(?:do not|dont|no longer|did not|didnt|never) (?:want|wish|wanna|ask(?:ed)?|sign(?:ed)? up)(?: to)?(?: for| be| get| receive| getting| receiving| sent)*(?: ${THESE}){0,5} (?:${MESSAGE}|contacted|texted|messaged)\\b`,
    ),
  ],
  [
    'remove_me',
    new RegExp(
      `\\b(?:remove|take|delete|drop|get) (?:me|us|my (?:number|name|phone|cell|info|information|contact)(?: number)?|this number) (?:from|off|out)(?: of)? ?(?:(?:the|this|your|ur|all|any|these|that|text|texting|sms|message|messaging|mailing|marketing|contact|call|calling|phone) )*(?:${LIST}|${MESSAGE}|this|these|here)(?! (?:appointment|slot|schedule|time|booking|day|week|month))\\b`,
    ),
  ],
  [
    'remove_number',
    /\b(?:delete|remove|lose|erase|forget) (?:my|this|our) (?:phone |cell |mobile )?number\b/,
  ],
  [
    'unsubscribe',
    /\b(?:unsubscribe|unsub) (?:me|us|from|this|my|now|please|immediately)\b|\b(?:to|please|pls|want|how do i|can i|can you) (?:unsubscribe|unsub)\b/,
  ],
  [
    'opt_out',
    /\b(?:i|id like to|want to|wish to|like to|would|please|pls|to|will|ill|me|im|am|how do i|can i) ?(?:would like to |want to )?(?:opt out|optout|opting out|opted out)\b|\bopt (?:me|us|my number|this number) out\b/,
  ],
  [
    'revoke_consent',
    /\b(?:revoke|withdraw|rescind|retract|revoking|withdrawing)(?: (?:my|all|any|prior|the|this))* (?:consent|permission|authori[sz]ation)\b/,
  ],
  [
    'revoke_consent',
    /\b(?:do not|dont|no longer|never) (?:have|give|gave|consent|agree)(?: you)?(?: (?:my|to|any))* (?:consent|permission|be (?:texted|contacted|messaged)|receiv\w*|texts?|messages?|these|this)\b/,
  ],
  ['leave_me_alone', /\b(?:leave me alone|lose my number|get lost|go away and stop)\b/],
  [
    'not_interested_stop',
    /\b(?:not interested|no thanks|no thank you|wrong (?:number|person)|enough) (?:please |pls |just )?(?:stop|unsubscribe|remove me)$/,
  ],
  [
    'told_to_stop',
    /\b(?:told|asked|want|need|wish|beg|begging|said for) (?:you|u|yall|y all|them|this)(?: guys| people)? to (?:please )?(?:stop|quit)$/,
  ],
  [
    'please_stop',
    /\b(?:please|pls|plz|last time|interested) (?:just )?stop$|^stop (?:please|pls|plz|now)\b/,
  ],
  ['stop_messages', /\b(?:stop|quit) sending(?: me| us| it| them)?$/],
  ['want_off', /\b(?:want|get me) off(?: of)? (?:the|this|your|ur)(?: \w+)? list\b/],
  ['cease', /\bcease (?:and desist|(?:all |any )?(?:contact|communications?))\b/],
  [
    'do_not_text',
    /\b(?:do not|dont|never) (?:reply|respond|use this number|use my number)(?: to (?:me|this))? (?:again|anymore|any more|ever)\b/,
  ],
  [
    'never_signed_up',
    /\bi never (?:signed up|subscribed|agreed to|consented|gave (?:you )?(?:permission|my number))\b/,
  ],
  ['reply_stop', /^(?:i |im |i am )?(?:said|say|saying|replied|texted|typed|sent) (?:you )?stop$/],
  ['spanish', /\bpar[ae]n? de (?:enviar|mandar|escribir|contactar|molestar|llamar)\w*\b/],
  [
    'spanish',
    /\b(?:no|ya no|deja|deje|dejen|dejar)(?: \w+){0,2} (?:mas )?(?:mensajes|textos|enviarme|mandarme|escribirme|contactarme|molestarme|molestar)\b/,
  ],
  [
    'spanish',
    /\bno me (?:\w+ )?(?:escriba|escriban|escribas|contacte|contacten|contactes|manden|mande|mandes|envie|envien|envies|molesten|moleste)\b(?! (?:antes|despues|hasta))/,
  ],
  [
    'spanish',
    /\b(?:dar(?:me)? de baja|denme de baja|deme de baja|quiero (?:la )?baja|cancelar (?:la )?(?:suscripcion|mensajes)|quiten?me de (?:la|su|esta) lista|borren? mi numero)\b/,
  ],
  [
    'french',
    /\b(?:desabonn\w+|arretez? de m(?: ?)(?:envoyer|ecrire|contacter)|plus de (?:messages|textos))\b/,
  ],
];

/**
 * Wordings that contain one of the above and mean the opposite, a question about the past, or a
 * wish about the hour. The message goes to a person instead.
 */
export const notOptOut: readonly RegExp[] = [
  /\b(?:do not|dont|never|not|didnt|did not|wont|cant|cannot) (?:ever )?(?:stop|unsubscribe|unsub|remove|opt out|optout|take me off|delete|lose|quit|opt me out|drop)\b/,
  /\b(?:did|have|had|has|why did|when did|if|think|thought|guess) (?:i|you|we|they|he|she|someone|somebody)(?: \w+){0,2} (?:stop\w*|unsub\w*|opt(?:ed)?(?: me)? out|optout|remove\w*|delete\w*|quit)\b/,
  /\b(?:text|txt|message|msg|contact|call|write|texting|messaging|contacting|calling)(?: me| us)?(?: \w+){0,3} (?:before|until|till|unless|except|while im|when im|at work|during|after (?:\d|noon|midnight|work|hours)|(?:this |so )?(?:early|late))\b/,
  /\b(?:rather|instead|better)\b.*\b(?:text|txt|message)\b|\b(?:just|only|please|but) (?:text|txt|message) me\b/,
  /\b(?:do not|dont) (?:\w+ ){0,3}(?:forget|hesitate|mind)\b/,
  /\b(?:stopped|was|were|werent|arent|not) (?:getting|receiving|sending)\b/,
  /\b(?:wait|waiting|guest|cancellation|standby) ?list\b/,
];
