import type { Vertical } from '../enquiry.js';
import type { Signal } from './signal.js';
import { DENTAL_SIGNALS } from './signals-dental.js';
import { GENERIC_SIGNALS } from './signals-generic.js';
import { INTEREST_SIGNALS } from './signals-interest.js';
import { MED_SPA_SIGNALS } from './signals-med-spa.js';
import { UNWANTED_SIGNALS } from './signals-unwanted.js';

/** Change it whenever a table, a weight or the formula changes: it is stored with every answer. */
export const RULES_VERSION = 'rules.v1';

/** The full table of each vertical: what is unwanted everywhere, its own words, readiness to book. */
export const SIGNAL_TABLES: Readonly<Record<Vertical, readonly Signal[]>> = {
  dental: [...UNWANTED_SIGNALS, ...DENTAL_SIGNALS, ...INTEREST_SIGNALS],
  med_spa: [...UNWANTED_SIGNALS, ...MED_SPA_SIGNALS, ...INTEREST_SIGNALS],
  generic: [...UNWANTED_SIGNALS, ...GENERIC_SIGNALS, ...INTEREST_SIGNALS],
};
