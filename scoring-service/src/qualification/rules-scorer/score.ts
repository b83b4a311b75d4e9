import type { ContactFlags, Enquiry } from '../enquiry.js';
import { foldText } from './fold-text.js';
import { matchSignals } from './match.js';
import { reasonOf } from './reason.js';
import type { FoundSignal } from './signal.js';
import { withoutSteering } from './steering.js';
import { SIGNAL_TABLES } from './tables.js';

export type RulesScore = {
  /** Integer from 1 to 100. */
  score: number;
  /** One readable sentence that never quotes the enquiry. */
  reason: string;
  signals: FoundSignal[];
  /** True when the enquiry tried to instruct the scorer. */
  steering: boolean;
};

/** A plain enquiry from a person who can be reached sits in the middle of `follow_up`. */
const BASE = 50;
const PER_CONTACT = 5;
const UNREACHABLE_CEILING = 35;
const STEERING_POINTS = -30;
/** Text that addresses the scorer never earns an automatic booking link, whatever else it says. */
const STEERING_CEILING = 45;

/**
 * The deterministic scorer: the same enquiry always gets the same answer, with no clock, network or
 * randomness. score = 50 + 5 per well-formed phone and email + the points of every signal found,
 * bounded by the lowest ceiling among them, then to 1…100. The weights are LeadLoop's own and are
 * measured in docs/qualification-accuracy.md. Never throws; time is linear in at most 4000
 * characters of message.
 */
export function scoreByRules(enquiry: Enquiry, contact: ContactFlags): RulesScore {
  const message = withoutSteering(enquiry.message ?? '');
  const steering =
    message.found ||
    withoutSteering(enquiry.name ?? '').found ||
    withoutSteering(enquiry.source ?? '').found;
  const name = foldText(enquiry.name ?? '');
  const matched = matchSignals(message.rest, SIGNAL_TABLES[enquiry.vertical]);
  // A pitch can hide in the name ("SEO Experts LLC"), but a name shows nothing about readiness.
  const inName = matchSignals(name, SIGNAL_TABLES[enquiry.vertical]).filter(
    (signal) => signal.code === 'sales_pitch' || signal.code === 'spam',
  );
  const signals = [...new Set([...matched, ...inName])];

  const reachable = [contact.phone, contact.email].filter((way) => way.well_formed).length;
  const points = signals.reduce((sum, signal) => sum + signal.points, 0);
  const ceiling = Math.min(
    100,
    ...signals.map((signal) => signal.ceiling ?? 100),
    reachable === 0 ? UNREACHABLE_CEILING : 100,
    steering ? STEERING_CEILING : 100,
  );
  const raw = BASE + PER_CONTACT * reachable + points + (steering ? STEERING_POINTS : 0);
  return {
    score: Math.max(1, Math.min(ceiling, raw)),
    reason: reasonOf({ signals, contact, steering, hasMessage: message.rest !== '' }),
    signals: signals.map(({ code, points }) => ({ code, points })),
    steering,
  };
}
