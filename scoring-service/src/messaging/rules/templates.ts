import type { MessageKind } from './kinds.js';

/** Every placeholder and the kinds whose templates may use it. */
const everyKind = null;
export const placeholders: Readonly<Record<string, readonly MessageKind[] | null>> = {
  business: everyKind,
  name: everyKind,
  response_window: everyKind,
  callback_number: everyKind,
  urgent_route: everyKind,
  booking_url: ['booking_link'],
  review_url: ['review_request'],
};

/** Longest template, in characters. Values add to it: see `render`. */
export const longestTemplate = 480;

export type TemplateErrorCode =
  | 'empty'
  | 'too_long'
  | 'control_characters'
  | 'unbalanced_braces'
  | 'unknown_placeholder'
  | 'placeholder_of_another_kind'
  | 'missing_placeholder';

export interface TemplateError {
  code: TemplateErrorCode;
  /** A sentence that names what is wrong. */
  message: string;
  /** The placeholder, for errors about one. */
  placeholder?: string;
}

/** What a template of a kind cannot do without. */
const REQUIRED: Partial<Record<MessageKind, string>> = {
  acknowledgement: 'business',
  booking_link: 'booking_url',
  review_request: 'review_url',
};

/** `{{name}}`, spaces allowed inside the braces. */
export const placeholderPattern = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Line feeds are text; every other control or invisible format character is not. */
const CONTROL = /[\p{Cc}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/**
 * Everything wrong with a template of a kind; [] when it may be saved. Each problem is told once,
 * unknown placeholders by name.
 */
export function validateTemplate(kind: MessageKind, template: string): TemplateError[] {
  const errors: TemplateError[] = [];
  const text = template.replace(/\r\n/g, '\n');
  if (text.trim() === '') errors.push({ code: 'empty', message: 'The text is empty.' });
  if ([...text].length > longestTemplate) {
    errors.push({
      code: 'too_long',
      message: `The text has ${[...text].length} characters; at most ${longestTemplate} are allowed.`,
    });
  }
  if (CONTROL.test(text.replaceAll('\n', ''))) {
    errors.push({
      code: 'control_characters',
      message: 'The text contains control or invisible characters.',
    });
  }
  if (/[{}]/.test(text.replace(placeholderPattern, ''))) {
    errors.push({
      code: 'unbalanced_braces',
      message: 'A { or } is not part of a {{placeholder}}.',
    });
  }
  const names = new Set([...text.matchAll(placeholderPattern)].map((match) => match[1] ?? ''));
  for (const name of names) {
    const kinds = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
    if (kinds === undefined) {
      errors.push({
        code: 'unknown_placeholder',
        placeholder: name,
        message: `{{${name}}} is not a placeholder. Known: ${knownFor(kind).join(', ')}.`,
      });
    } else if (kinds !== null && !kinds.includes(kind)) {
      errors.push({
        code: 'placeholder_of_another_kind',
        placeholder: name,
        message: `{{${name}}} has no value in texts of the kind ${kind}.`,
      });
    }
  }
  const required = REQUIRED[kind];
  if (required !== undefined && !names.has(required)) {
    errors.push({
      code: 'missing_placeholder',
      placeholder: required,
      message: `The text must contain {{${required}}}.`,
    });
  }
  return errors;
}

function knownFor(kind: MessageKind): string[] {
  return Object.entries(placeholders)
    .filter(([, kinds]) => kinds === null || kinds.includes(kind))
    .map(([name]) => `{{${name}}}`);
}

/**
 * The texts used until a business writes its own. The acknowledgement names the business, thanks,
 * says when a person will look, invites corrections and names the urgent route or the callback
 * number; it promotes nothing and claims no conversation. It fits a call and a form alike.
 */
export const defaultTemplates: Readonly<Record<MessageKind, string | null>> = {
  acknowledgement:
    'Hi {{name}}, this is {{business}}. Thank you for contacting us. A member of our team will ' +
    'look at your request {{response_window}}. Reply to this text to add or correct anything. ' +
    'If it is urgent: {{urgent_route}}. Our phone number is {{callback_number}}. ' +
    'Reply STOP to opt out.',
  booking_link:
    'Hi {{name}}, you can choose a time with {{business}} here: {{booking_url}} . ' +
    'Prefer to talk? Our phone number is {{callback_number}}.',
  review_request:
    'Hi {{name}}, thank you for visiting {{business}}. If you like, tell us how it went: ' +
    '{{review_url}} . Reply STOP to opt out.',
  staff_alert: '{{business}}: a callback is waiting ({{name}}). Please call {{response_window}}.',
  manual: null,
};
