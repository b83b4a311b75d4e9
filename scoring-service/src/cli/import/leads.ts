import type { Runtime } from '../../core/clock.js';
import { fieldErrors, REPORT_INPUT } from '../../core/fields.js';
import type { Unit } from '../../db/unit.js';
import type { Intake } from '../../leads/intake.js';
import type { IntakeOutcome, WaitingLead } from '../../leads/intake-unit.js';
import { incomingLeadSchema, leadSchema, type IncomingLead } from '../../leads/lead-schema.js';
import { newLead } from '../../leads/lead.js';
import type { BatchFrame, BatchOutcome, ImportKind, ReadyRow } from './kind.js';

const FIELDS = Object.keys(incomingLeadSchema.shape);

interface LeadRow {
  input: IncomingLead;
  /** The row as it stands in the file. */
  raw: string;
}

export interface LeadImportDeps {
  intake: Intake;
  runtime: Runtime;
  defaultRegion: string;
  /** Where the leads come from, as their field `source` says. */
  source: string;
  /** Deliveries wait for a workflow, as with `?delivery=hold`. */
  hold: boolean;
}

function countOutcomes(outcomes: readonly IntakeOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    // A job with a step before it is stored as a whole or not at all.
    if ('error' in outcome) throw outcome.error;
    const name = outcome.duplicate ? 'duplicate' : outcome.outcome.status;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Leads, by the intake that serves HTTP: duplicates are found, others are routed and assigned. */
export function leadImport(deps: LeadImportDeps): ImportKind<LeadRow> {
  const { intake, runtime } = deps;

  const waiting = ({ value }: ReadyRow<LeadRow>): WaitingLead => ({
    raw: value.raw,
    provider: 'import',
    lead: newLead(value.input, {
      id: runtime.newId(),
      at: runtime.clock.now(),
      source: deps.source,
      sourceKeyId: null,
      brokerIds: null,
      hold: deps.hold,
      defaultRegion: deps.defaultRegion,
    }),
  });

  return {
    columns: {
      fields: FIELDS,
      readOnly: Object.keys(leadSchema.shape).filter((name) => !FIELDS.includes(name)),
    },
    cells: {},
    check(values, { cells }, header) {
      const parsed = incomingLeadSchema.safeParse(values, REPORT_INPUT);
      if (!parsed.success) return { problems: fieldErrors(parsed.error) };
      const named = cells.map((cell, at) => [header[at] ?? '', cell]);
      return { value: { input: parsed.data, raw: JSON.stringify(Object.fromEntries(named)) } };
    },
    write: (rows, frame: BatchFrame) =>
      intake.submit<BatchOutcome>({
        leads: rows.map(waiting),
        *before(): Unit<null> {
          yield* frame.begin();
          return null;
        },
        *after(outcomes): Unit<BatchOutcome> {
          const outcome: BatchOutcome = { refused: [], counts: countOutcomes(outcomes) };
          yield* frame.end(outcome);
          return outcome;
        },
      }),
    rehearse: (rows) => Promise.resolve({ refused: [], counts: { valid: rows.length } }),
    makesRoom: false,
  };
}
