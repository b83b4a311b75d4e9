import type { Periods } from '../../orders/period.js';
import type { RoutingLead } from '../engine/index.js';
import { createAgenda } from './agenda.js';
import type { Track } from './track.js';
import type { LeadStep, Outcome, ReplayLead, ReplayRules } from './types.js';

/** Goes through stored leads in the order of arrival. */
export interface Replay {
  /** The next lead; none may have arrived before the last one. */
  arrive(lead: ReplayLead): void;
  /** What still happens before the end of the range; every lead is settled then. */
  finish(): void;
}

export interface ReplayOptions {
  tracks: readonly Track[];
  rules: Omit<ReplayRules, 'timezone'>;
  periods: Periods;
  from: number;
  /** Exclusive. */
  to: number;
  /** Told once for each lead, when nothing in the range can change its outcomes any more. */
  settled: (lead: ReplayLead, outcomes: readonly Outcome[]) => void;
}

/** One lead in one track. */
interface Place {
  outcome: Outcome;
  /** Since when it has waited; read while it is unassigned. */
  queuedAt: number;
}

interface OpenLead {
  lead: ReplayLead;
  fields: RoutingLead;
  places: Place[];
  stepsLeft: number;
  settled: boolean;
}

/** A track with the leads that wait in it for a new month. */
interface Lane {
  track: Track;
  waiting: Map<string, OpenLead>;
  /** When waiting leads are tried again after a new month; Infinity = not due. */
  sweepAt: number;
}

/** The service looks for months that began so often; a lead that comes before brings the month. */
const RESET_CHECK_MS = 60_000;

/**
 * Replays the live path over tracks: leads arrive, are changed and routed again, months begin, and
 * waiting leads are tried again, oldest first, after a month that reset an order. Pure. What it keeps
 * in memory is the leads that can still change: those with changes to come in the range and, where
 * there are monthly orders, those that wait and are young enough to be tried again.
 */
export function createReplay(options: ReplayOptions): Replay {
  const { rules, periods, to } = options;
  const lanes: Lane[] = options.tracks.map((track) => ({
    track,
    waiting: new Map(),
    sweepAt: Infinity,
  }));
  const retries = lanes.map(({ track }) => rules.retry_max_age_ms > 0 && track.hasMonthlyOrders);
  const agenda = createAgenda<{ open: OpenLead; step: LeadStep }>();
  let nextMonth = periods.endOf(options.from);
  // Orders that are sent along may belong to an earlier month.
  for (const { track } of lanes) track.startMonth(periods.of(options.from));

  const settleIfFinal = (open: OpenLead): void => {
    if (open.settled) return;
    const isFinal = open.places.every(
      ({ outcome }, l) =>
        outcome.status === 'assigned' ||
        (open.stepsLeft === 0 && lanes[l]?.waiting.has(open.lead.id) !== true),
    );
    if (!isFinal) return;
    open.settled = true;
    options.settled(
      open.lead,
      open.places.map(({ outcome }) => outcome),
    );
  };

  /** Forgets who has waited too long; they are first in the map or behind others that have not. */
  const dropOld = (lane: Lane, at: number): void => {
    for (const [id, open] of lane.waiting) {
      const place = open.places[lanes.indexOf(lane)];
      if (place === undefined || place.queuedAt >= at - rules.retry_max_age_ms) break;
      lane.waiting.delete(id);
      settleIfFinal(open);
    }
  };

  const route = (lane: Lane, l: number, open: OpenLead, at: number): void => {
    const before = open.places[l];
    const outcome = lane.track.route(open.fields, open.lead.broker_pool, at);
    const waits = outcome.status === 'unassigned';
    const waited = before?.outcome.status === 'unassigned';
    open.places[l] = { outcome, queuedAt: waits && waited ? (before?.queuedAt ?? at) : at };
    if (!waits) lane.waiting.delete(open.lead.id);
    else if (retries[l] === true && !waited) lane.waiting.set(open.lead.id, open);
  };

  const sweep = (lane: Lane, l: number): void => {
    const at = lane.sweepAt;
    lane.sweepAt = Infinity;
    dropOld(lane, at);
    const queuedAt = (open: OpenLead): number => open.places[l]?.queuedAt ?? 0;
    const oldestFirst = [...lane.waiting.values()].sort(
      (a, b) => queuedAt(a) - queuedAt(b) || (a.lead.id < b.lead.id ? -1 : 1),
    );
    for (const open of oldestFirst) {
      route(lane, l, open, at);
      settleIfFinal(open);
    }
  };

  const startMonth = (): void => {
    const at = nextMonth;
    nextMonth = periods.endOf(at);
    lanes.forEach((lane, l) => {
      const resets = lane.track.startMonth(periods.of(at));
      if (resets > 0 && retries[l] === true) lane.sweepAt = at + RESET_CHECK_MS;
    });
  };

  /** A lead that is routed in a new month brings its reset, and the sweep comes right after it. */
  const bringSweep = (at: number): void => {
    for (const lane of lanes) {
      if (lane.sweepAt !== Infinity) lane.sweepAt = Math.min(lane.sweepAt, at);
    }
  };

  const takeStep = (): void => {
    const at = agenda.nextAt();
    const next = agenda.take();
    if (next === undefined) return;
    const { open, step } = next;
    open.stepsLeft -= 1;
    if (open.settled) return;
    open.fields = { ...open.fields, ...step.fields };
    if (step.asked || rules.reroute_on_update) {
      lanes.forEach((lane, l) => {
        if (open.places[l]?.outcome.status !== 'assigned') route(lane, l, open, at);
      });
      bringSweep(at);
    }
    settleIfFinal(open);
  };

  /** Everything that comes before an event at `at`: months up to it, what else happened before it. */
  const advance = (at: number, lastMonth = at): void => {
    for (;;) {
      const stepAt = agenda.nextAt();
      const sweepAt = Math.min(...lanes.map((lane) => lane.sweepAt));
      if (nextMonth <= lastMonth && nextMonth <= Math.min(stepAt, sweepAt)) startMonth();
      else if (stepAt < at && stepAt <= sweepAt) takeStep();
      else if (sweepAt < at) {
        lanes.forEach((lane, l) => {
          if (lane.sweepAt === sweepAt) sweep(lane, l);
        });
      } else return;
    }
  };

  return {
    arrive(lead) {
      advance(lead.at);
      const open: OpenLead = {
        lead,
        fields: lead.fields,
        places: [],
        stepsLeft: lead.steps.length,
        settled: false,
      };
      lanes.forEach((lane, l) => route(lane, l, open, lead.at));
      bringSweep(lead.at);
      for (const step of lead.steps) agenda.add(Math.max(step.at, lead.at), { open, step });
      settleIfFinal(open);
      for (const lane of lanes) dropOld(lane, lead.at);
    },

    finish() {
      // A month that begins with the end of the range is no part of it.
      advance(to, to - 1);
      for (const lane of lanes) {
        const left = [...lane.waiting.values()];
        lane.waiting.clear();
        for (const open of left) settleIfFinal(open);
      }
    },
  };
}
