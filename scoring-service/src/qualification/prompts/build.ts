import type { Thresholds } from '../decision.js';
import type { ContactFlags, Enquiry, PrivacyProfile, Vertical } from '../enquiry.js';
import { dentalV1 } from './dental.v1.js';
import { enquiryData } from './enquiry-data.js';
import { genericV1 } from './generic.v1.js';
import { medSpaV1 } from './med-spa.v1.js';
import type { Prompt } from './prompt.js';

/** The prompt in use per vertical: a new version is a new file and a change of one line here. */
export const PROMPTS: Readonly<Record<Vertical, Prompt>> = {
  dental: dentalV1,
  med_spa: medSpaV1,
  generic: genericV1,
};

export type BuiltPrompt = {
  prompt_version: string;
  messages: { role: 'system' | 'user'; content: string }[];
};

/**
 * The messages for one enquiry. Data cannot leave its place: it is one line of JSON (line breaks,
 * angle brackets and separators escaped) between marker lines that carry `nonce`, which must be
 * fresh and unguessable for every call. The version ends in `.health` in that profile, because the
 * model then sees other facts.
 */
export function buildPrompt(
  enquiry: Enquiry,
  contact: ContactFlags,
  options: { profile: PrivacyProfile; thresholds: Thresholds; nonce: string },
): BuiltPrompt {
  const { profile, thresholds, nonce } = options;
  const prompt = PROMPTS[enquiry.vertical];
  const marker = `ENQUIRY-${nonce}`;
  const data = asOneLine(enquiryData(enquiry, contact, profile));
  const note =
    profile === 'health'
      ? 'For privacy the message itself is withheld; judge by the flags and signals found in it.\n'
      : '';
  return {
    prompt_version: profile === 'health' ? `${prompt.version}.health` : prompt.version,
    messages: [
      { role: 'system', content: prompt.system(thresholds) },
      {
        role: 'user',
        content: `${note}Qualify the enquiry between the two lines ${marker}.\n${marker}\n${data}\n${marker}`,
      },
    ],
  };
}

function asOneLine(data: Record<string, unknown>): string {
  return JSON.stringify(data).replace(
    /[<>&\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
