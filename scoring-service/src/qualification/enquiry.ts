export const VERTICALS = ['dental', 'med_spa', 'generic'] as const;
export type Vertical = (typeof VERTICALS)[number];

/**
 * The vertical whose prompt and signals serve a business: spaces, hyphens and case do not matter,
 * and everything without words of its own is `generic`.
 */
export function asVertical(text: string | null | undefined): Vertical {
  const code = (text ?? '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  if (code === 'medspa') return 'med_spa';
  return VERTICALS.find((vertical) => vertical === code) ?? 'generic';
}

/** `health` sends no free text to a model, only structured flags. */
export type PrivacyProfile = 'standard' | 'health';

/** One enquiry as qualification sees it. Absent, null and blank mean the same in every field. */
export type Enquiry = {
  name?: string | null;
  phone?: string | null;
  email?: string | null;
  /** Where it came from: `call`, `form`, … or whatever an integration wrote. */
  source?: string | null;
  message?: string | null;
  vertical: Vertical;
};

/** Whether a way to reach the person is there and usable. Never the value itself. */
export type ContactFlags = {
  phone: { present: boolean; well_formed: boolean };
  email: { present: boolean; well_formed: boolean };
};
