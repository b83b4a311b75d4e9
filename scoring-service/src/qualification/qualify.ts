import { askModel, type AskDeps } from './ask-model.js';
import { contactFlags } from './contact-flags.js';
import { DEFAULT_THRESHOLDS, type Thresholds } from './decision.js';
import { asVertical, type Enquiry, type PrivacyProfile } from './enquiry.js';
import { observe } from './observer.js';
import type { Qualification } from './qualification.js';
import { scoreByRules } from './rules-scorer/index.js';
import { byModel, byRules } from './settle.js';

export type QualifierDeps = AskDeps & {
  thresholds?: Thresholds;
  /** Region that a phone number without a country code is read in. */
  defaultRegion?: string;
};

export type LeadToQualify = Omit<Enquiry, 'vertical'> & {
  /** Any text; see asVertical. */
  vertical?: string | null;
  /** The business's privacy profile; `standard` by default. */
  profile?: PrivacyProfile;
};

export type Qualifier = {
  qualifyLead(input: LeadToQualify): Promise<Qualification>;
};

/**
 * `qualifyLead` always resolves, within `budgetMs` and a scheduling tick, whatever the model, the
 * network or an observer does: the model's answer if it is usable, else the rules scorer's. The
 * decision always agrees with the score. An enquiry that tries to instruct the scoring is never
 * `book_now`, even when the model fell for it.
 */
export function createQualifier(deps: QualifierDeps): Qualifier {
  return {
    async qualifyLead({ profile = 'standard', ...lead }) {
      const enquiry: Enquiry = { ...lead, vertical: asVertical(lead.vertical) };
      const started = deps.nowMs();
      // As they are at its beginning: a change meanwhile must not make prompt and decision differ.
      const thresholds = { ...(deps.thresholds ?? DEFAULT_THRESHOLDS) };
      const contact = contactFlags(enquiry, deps.defaultRegion);
      const rules = scoreByRules(enquiry, contact);
      const asked = await askModel(deps, thresholds, enquiry, contact, profile);
      const latency_ms = Math.max(0, Math.round(deps.nowMs() - started));
      const result = asked.answer.ok
        ? byModel(asked.answer, rules, asked, thresholds, latency_ms)
        : byRules(rules, asked.answer.error_class, thresholds, latency_ms);
      observe(() => deps.observer?.qualified?.(result, { vertical: enquiry.vertical }));
      return result;
    },
  };
}
