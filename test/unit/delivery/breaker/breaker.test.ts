import {
  breakerAfter,
  breakerPermission,
  CLOSED_BREAKER,
  DEFAULT_BREAKER_OPTIONS,
} from '../../../../scoring-service/src/delivery/breaker/breaker.js';
import type {
  BreakerEvent,
  BreakerState,
} from '../../../../scoring-service/src/delivery/breaker/breaker.js';
import { brokerHealth } from '../../../../scoring-service/src/delivery/breaker/health.js';

const T0 = 1_000_000;
const failure: BreakerEvent = { type: 'failure', probe: false };
const probeFailure: BreakerEvent = { type: 'failure', probe: true };
const success: BreakerEvent = { type: 'success' };

function after(events: readonly BreakerEvent[], now = T0, from = CLOSED_BREAKER): BreakerState {
  return events.reduce((state, event) => breakerAfter(state, event, now), from);
}

const opened = after([failure, failure, failure, failure, failure]);

describe('the breaker of a broker', () => {
  test('opens with the fifth failure in a row', () => {
    const four = after([failure, failure, failure, failure]);
    expect(breakerPermission(four, T0)).toEqual({ allowed: true, probe: false });
    expect(opened).toMatchObject({ phase: 'open', consecutive_failures: 5, opened_at: T0 });
    expect(breakerPermission(opened, T0)).toEqual({ allowed: false, retry_at: T0 + 30_000 });
  });

  test('a success in between starts the count again', () => {
    const state = after([failure, failure, failure, failure, success, failure]);
    expect(state).toMatchObject({ phase: 'closed', consecutive_failures: 1 });
  });

  test('the number of failures is a setting', () => {
    const options = { ...DEFAULT_BREAKER_OPTIONS, failuresToOpen: 1 };
    expect(breakerAfter(CLOSED_BREAKER, failure, T0, options).phase).toBe('open');
  });

  test('after 30 s one probe may go, and only one', () => {
    expect(breakerPermission(opened, T0 + 29_999).allowed).toBe(false);
    expect(breakerPermission(opened, T0 + 30_000)).toEqual({ allowed: true, probe: true });
    const probing = breakerAfter(opened, { type: 'probe_started' }, T0 + 30_000);
    expect(probing.phase).toBe('half_open');
    expect(breakerPermission(probing, T0 + 30_000)).toEqual({
      allowed: false,
      retry_at: T0 + 90_000,
    });
  });

  test('a probe whose worker died is replaced after its lease', () => {
    const probing = breakerAfter(opened, { type: 'probe_started' }, T0 + 30_000);
    expect(breakerPermission(probing, T0 + 89_999).allowed).toBe(false);
    expect(breakerPermission(probing, T0 + 90_000)).toEqual({ allowed: true, probe: true });
  });

  test('each failed probe doubles the wait, up to ten minutes', () => {
    let state = opened;
    let now = T0;
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const permission = breakerPermission(state, now);
      if (permission.allowed) throw new Error('the breaker must be open here');
      waits.push((permission.retry_at - now) / 1000);
      now = permission.retry_at;
      state = after([{ type: 'probe_started' }, probeFailure], now, state);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600]);
    expect(state).toMatchObject({ opened_at: T0, consecutive_failures: 12 });
  });

  test('a successful probe closes, and the next outage starts with the first wait', () => {
    const closed = after(
      [{ type: 'probe_started' }, probeFailure, { type: 'probe_started' }, success],
      T0,
      opened,
    );
    expect(closed).toEqual(CLOSED_BREAKER);
    expect(after([failure, failure, failure, failure, failure], T0, closed)).toEqual(opened);
  });

  test('failures of attempts that were already under way neither lengthen the wait nor end a probe', () => {
    expect(after([failure], T0 + 10_000, opened)).toEqual({ ...opened, consecutive_failures: 6 });
    const probing = breakerAfter(opened, { type: 'probe_started' }, T0 + 30_000);
    expect(after([failure], T0 + 31_000, probing)).toMatchObject({
      phase: 'half_open',
      until: T0 + 90_000,
    });
  });

  test('a late success of such an attempt closes: the receiver lives', () => {
    expect(after([success], T0 + 10_000, opened)).toEqual(CLOSED_BREAKER);
  });

  test('a probe announced after recovery changes nothing', () => {
    expect(breakerAfter(CLOSED_BREAKER, { type: 'probe_started' }, T0)).toEqual(CLOSED_BREAKER);
  });
});

describe('the health of a broker', () => {
  test.each([
    ['closed', 0, 0, 'green'],
    ['closed', 0, 4, 'yellow'],
    ['closed', 1, 0, 'yellow'],
    ['closed', 2, 2, 'yellow'],
    ['closed', 3, 3, 'red'],
    ['open', 0, 0, 'red'],
    ['half_open', 0, 0, 'red'],
  ] as const)('breaker %s, %p in a row, %p in 24 h: %s', (breaker, inARow, in24h, expected) => {
    expect(brokerHealth({ breaker, consecutive_failures: inARow, failures_24h: in24h })).toBe(
      expected,
    );
  });
});
