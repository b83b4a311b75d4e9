import type { Signal } from './signal.js';

/** What makes an enquiry not worth a person's time in every vertical. A ceiling beats any points. */
export const UNWANTED_SIGNALS: readonly Signal[] = [
  {
    code: 'job_seeker',
    points: -30,
    ceiling: 15,
    scope: 'message',
    pattern:
      /\b(?:do you (?:guys )?need (?:anyone|any help|staff|help)|looking for (?:a helper|helpers|staff|workers|employees|assistants)|newly licensed|recently (?:graduated|certified)|graduating from|join (?:your|a) team|my own tools|years of experience)\b|\b(?:resume|curriculum vitae|my cv|job openings?|job application|apply for (?:a|the|any)|are you hiring|hiring (?:anyone|right now|staff|front)|(?:open|available) positions?|looking for (?:a job|work|employment)|vacanc(?:y|ies)|recruiter)\b/,
    words: 'is from someone looking for work',
    shareable: true,
  },
  {
    code: 'sales_pitch',
    points: -30,
    ceiling: 15,
    scope: 'message',
    pattern:
      /\bwe (?:sell|supply|save|generate|specialize|would like to (?:feature|present|offer|introduce)|found your (?:website|business|listing))\b|\b(?:we're|we are) an? (?:[\w-]{1,15} ){0,2}(?:lab|supplier|agency|vendor|manufacturer|distributor|startup|wholesaler)\b|\bour (?:team|company) (?:builds|designs|helps|offers|provides|specializes)\b|\b(?:free (?:audit|trial of|mockup)|sample kits?|distributor prices?|google ads|facebook ads|outsourcing|whoever handles|decision maker|line of credit|same day funding|processing fees|influencer|free post|feature your (?:company|business)|business qualifies|speak (?:to|with) the owner|email of the owner|reviews for your)\b|\b(?:seo|rank (?:#|number )?1|first page of google|marketing agency|lead generation|digital marketing|your online presence|more (?:customers|patients|clients)\?|qualified (?:[\w-]{1,12} ){0,3}leads|hop on a (?:demo|call)|schedule a demo|a quick demo|partner with your?|wholesale|bulk (?:discount|order|pricing)s?|minimum order|show you our|our (?:agency|platform|chatbot|ai chatbot|catalog|software|product line)|i represent|(?:redesign|rebuild|improve) your (?:website|site|web)|grow your (?:business|practice|clinic))\b|\bwe (?:help|work with) (?:[\w-]{1,15} ){0,3}(?:practices|businesses|companies|clinics|spas|contractors)\b|#1 on google/,
    words: 'is a sales pitch to the business',
    shareable: true,
  },
  {
    code: 'spam',
    points: -40,
    ceiling: 8,
    scope: 'message',
    pattern:
      /\b(?:warranty is (?:about to|expiring)|final notice|package could not|update your details|domain name|hot singles|singles in your area|passive income|guaranteed (?:returns|profit)|ai trading|act now|limited time offer|make money)\b|\b(?:crypto|bitcoin|forex|casino|betting|viagra|cialis|lottery|instagram followers|followers for|business proposal|million (?:dollars|usd)|work from home|no credit check|loan approved|no prescription|cheap pills|claim (?:at|your|now)|you have been selected|you(?:'ve| have) won|click (?:here|http|the link)|earn \$? ?\d{2,6})\b/,
    words: 'looks like spam',
    shareable: true,
  },
  {
    code: 'wrong_number',
    points: -30,
    ceiling: 10,
    scope: 'message',
    pattern:
      /\bwrong (?:number|person|business|place|company)\b|\b(?:trying|meant) to (?:reach|call|text) (?:my|a friend|someone else)\b|\bis this (?:the|a) (?:pizza|restaurant|bank|school|hotel|pharmacy|library|dmv|post office|hospital)\b/,
    words: 'reached the wrong business',
    shareable: true,
  },
  {
    code: 'wants_no_contact',
    points: -30,
    ceiling: 10,
    scope: 'message',
    pattern:
      /\bleave me alone\b|\btake me off\b|\blose my number\b|\boff your (?:[\w-]{1,12} ){0,2}list\b|\bchanged my mind\b|\bno longer (?:want|need|interested|looking)\b|\b(?:did not|didn't|never) (?:ask|sign up) for (?:this|these|any)\b|\b(?:don't|do not|quit) (?:text|call|contact|message|texting|calling)(?:ing)? me\b|\bwhy (?:do you keep|are you) (?:texting|calling|messaging)\b|\bfound (?:a|an|another) (?:guy|dentist|doctor|place|provider|contractor|company|plumber|electrician|spa|clinic|salon|one)\b|\bwent with (?:a|an|another|someone)\b|\bunsubscribe\b|\bstop (?:contacting|calling|texting|messaging|emailing|bothering)\b|\bremove (?:me|my (?:number|name|email|details))\b|\bnot interested(?! in)\b|\bno thanks?(?: you)?\b|\balready (?:hired|found|went with|chose|booked with) (?:someone|somebody|another|an?other)\b|\bcancel (?:my|the|this) (?:enquiry|inquiry|request)\b|\bnever ?mind\b/,
    words: 'does not want to be contacted or is no longer interested',
    shareable: true,
  },
  {
    code: 'form_test',
    points: -30,
    ceiling: 10,
    scope: 'message',
    pattern:
      /\b(?:checking|seeing|testing) (?:if|whether) (?:this|the) form\b|^\W{0,3}(?:this is (?:only |just )?a )?test(?:ing)?(?:[ ,.!]{0,3}(?:test|testing|the form|this form|form|please ignore|ignore|message|only|\d{1,4})){0,6}\W{0,5}$/,
    words: 'is only a test of the form',
    shareable: true,
  },
  {
    code: 'gibberish',
    points: -30,
    ceiling: 10,
    scope: 'message',
    pattern:
      /^(?:blah[ ,.]{0,3}){1,8}$|^(?:ghj|hjk|jkl)[a-z]{0,20}(?: [a-z]{1,20}){0,3}$|^([a-z]{1,4})\1{2,}$|^(?:asdf|sdfg|dfgh|qwer|wert|zxcv|xcvb|lkj|hjkl|jkl|fghj)[a-z]{0,20}(?: [a-z]{1,20}){0,3}$|^[bcdfghjklmnpqrstvwxz]{5,}(?: [bcdfghjklmnpqrstvwxz]{1,20}){0,5}$/,
    words: 'has no readable content',
    shareable: true,
  },
  {
    code: 'no_words',
    points: -20,
    ceiling: 45,
    scope: 'message',
    pattern: /^[^\p{L}]+$/u,
    words: 'holds no words',
    shareable: true,
  },
  {
    code: 'hostile',
    points: -30,
    ceiling: 20,
    scope: 'message',
    pattern:
      /\b(?:fuck\w{0,4}|scam(?:mers?)?|get lost|idiots?|thieves|crooks|assholes?|rip-?offs?)\b/,
    words: 'is hostile',
    shareable: true,
  },
];
