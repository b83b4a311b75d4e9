import {
  advanceStatus,
  evaluatePermission,
  fromTwilioStatus,
  isFinalStatus,
  kindRules,
  messageKinds,
  messageStatuses,
  permissionChecks,
  type PermissionInputs,
} from '../../../scoring-service/src/messaging/rules/index.js';

const DAY = Date.parse('2026-06-10T16:00:00Z'); // noon in New York
const NIGHT = Date.parse('2026-06-11T02:00:00Z'); // 22:00
const MORNING = Date.parse('2026-06-11T12:00:00Z'); // 08:00
const HOUR = 3_600_000;

const good: PermissionInputs = {
  now: DAY,
  kind: 'acknowledgement',
  missing_configuration: null,
  kind_enabled: true,
  to: '+12125550123',
  suppression: null,
  consent: { source: 'call' },
  last_message_at: null,
  quiet_setting: 'defer',
  provider: { paused: false },
};
const decide = (change: Partial<PermissionInputs>) => evaluatePermission({ ...good, ...change });
const suppression = { reason: 'stop_text', created_at: DAY };

const faults: Record<(typeof permissionChecks)[number], Partial<PermissionInputs>> = {
  not_configured: { missing_configuration: 'no Twilio account' },
  no_textable_number: { to: '+18005550123' },
  suppressed: { suppression },
  no_consent: { consent: { source: 'form', sms: false } },
  already_acknowledged: { last_message_at: NIGHT - HOUR },
  quiet_hours: { now: NIGHT },
  provider_paused: { provider: { paused: true } },
};

describe('evaluatePermission', () => {
  test('sends when every check passes, and records each in order', () => {
    const answer = decide({});
    expect(answer).toMatchObject({
      outcome: 'send',
      reason_code: null,
      send_at: null,
      rule_version: '2026-11',
    });
    expect(answer.checks.map(({ code }) => code)).toEqual([...permissionChecks]);
    expect(answer.checks.every(({ passed, detail }) => passed && detail !== '')).toBe(true);
  });

  test('of any two faults the one earlier in the order is the reason; both are recorded', () => {
    for (const [i, first] of permissionChecks.entries()) {
      for (const second of permissionChecks.slice(i)) {
        const answer = decide({ ...faults[second], ...faults[first] });
        expect(answer.reason_code).toBe(first);
        const failed = answer.checks.filter(({ passed }) => !passed).map(({ code }) => code);
        // Without a textable number there is no place whose hours could be asked.
        const expected = [first, second].filter(
          (code) => !(code === 'quiet_hours' && first === 'no_textable_number'),
        );
        expect(failed).toEqual([...new Set(expected)]);
      }
    }
  });

  test('denials deny, quiet hours defer until the first open moment, a paused provider queues', () => {
    for (const code of permissionChecks.slice(0, 5)) {
      expect(decide(faults[code])).toMatchObject({
        outcome: 'deny',
        reason_code: code,
        send_at: null,
      });
    }
    expect(decide(faults.quiet_hours)).toMatchObject({ outcome: 'defer', send_at: MORNING });
    expect(decide(faults.provider_paused)).toMatchObject({ outcome: 'queue', send_at: null });
    expect(decide({ ...faults.quiet_hours, ...faults.provider_paused })).toMatchObject({
      outcome: 'defer',
      reason_code: 'quiet_hours',
    });
  });

  test('a STOP beats the quiet hours', () => {
    expect(decide({ now: NIGHT, suppression })).toMatchObject({
      outcome: 'deny',
      reason_code: 'suppressed',
    });
  });

  test('the business’s setting lets a call be answered at night, never a form', () => {
    expect(decide({ now: NIGHT, quiet_setting: 'send' }).outcome).toBe('send');
    expect(
      decide({ now: NIGHT, quiet_setting: 'send', consent: { source: 'form', sms: true } }).outcome,
    ).toBe('defer');
  });

  test('an acknowledgement repeats only after 24 hours', () => {
    expect(decide({ last_message_at: DAY - 24 * HOUR + 1 }).reason_code).toBe(
      'already_acknowledged',
    );
    expect(decide({ last_message_at: DAY - 24 * HOUR }).outcome).toBe('send');
  });

  test('a booking link goes once per enquiry, if turned on, by the enquiry’s own consent', () => {
    const link = { kind: 'booking_link' } as const;
    expect(decide({ ...link, kind_enabled: false }).reason_code).toBe('not_configured');
    expect(decide(link).outcome).toBe('send');
    expect(decide({ ...link, last_message_at: DAY - 900 * 24 * HOUR }).reason_code).toBe(
      'already_acknowledged',
    );
    expect(decide({ ...link, consent: { source: 'form', sms: false } }).reason_code).toBe(
      'no_consent',
    );
    expect(decide({ ...link, now: NIGHT, quiet_setting: 'send' }).outcome).toBe('defer');
  });

  test('a review request needs a kept appointment and 90 days', () => {
    const review = {
      kind: 'review_request',
      consent: { source: 'appointment', kept: true },
    } as const;
    expect(decide(review).outcome).toBe('send');
    expect(decide({ kind: 'review_request' }).reason_code).toBe('no_consent');
    expect(decide({ ...review, consent: { source: 'appointment', kept: false } }).reason_code).toBe(
      'no_consent',
    );
    expect(decide({ ...review, last_message_at: DAY - 90 * 24 * HOUR + 1 }).reason_code).toBe(
      'already_acknowledged',
    );
    expect(decide({ ...review, last_message_at: DAY - 90 * 24 * HOUR }).outcome).toBe('send');
    expect(decide({ ...review, now: NIGHT, quiet_setting: 'send' }).outcome).toBe('defer');
  });

  test('a staff alert follows the owner’s setting and goes to staff only', () => {
    const alert = {
      kind: 'staff_alert',
      consent: { source: 'staff' },
      last_message_at: DAY,
    } as const;
    expect(decide(alert).outcome).toBe('send');
    expect(decide({ ...alert, now: NIGHT }).outcome).toBe('defer');
    expect(decide({ ...alert, now: NIGHT, quiet_setting: 'send' }).outcome).toBe('send');
    expect(decide({ kind: 'staff_alert' }).reason_code).toBe('no_consent');
  });

  test('quiet hours only warn a person who writes by hand; an opt-out still stops them', () => {
    const manual = { kind: 'manual', consent: { source: 'person' }, last_message_at: DAY } as const;
    expect(decide({ ...manual, now: NIGHT })).toMatchObject({
      outcome: 'send',
      reason_code: null,
      warnings: ['quiet_hours'],
    });
    expect(decide(manual).warnings).toEqual([]);
    expect(decide({ ...manual, suppression }).reason_code).toBe('suppressed');
    expect(decide({ kind: 'manual' }).reason_code).toBe('no_consent');
  });

  test('every kind has its row, and a recipient’s address decides its hours', () => {
    expect(Object.keys(kindRules)).toEqual([...messageKinds]);
    expect(decide({ now: Date.parse('2026-06-10T12:30:00Z'), state: 'CT' })).toMatchObject({
      outcome: 'defer',
      send_at: Date.parse('2026-06-10T13:00:00Z'),
    });
  });
});

describe('advanceStatus', () => {
  const rank = (status: string): number =>
    ({ queued: 0, deferred: 0, sending: 1, unknown: 2, sent: 3 })[status] ?? 4;

  test('nothing moves backwards, from any status to any other', () => {
    for (const from of messageStatuses) {
      for (const to of messageStatuses) {
        const { status, changed } = advanceStatus(from, to);
        expect(rank(status)).toBeGreaterThanOrEqual(rank(from));
        expect(status).toBe(changed ? to : from);
        if (isFinalStatus(from)) expect(changed).toBe(false);
      }
    }
  });

  test('callbacks in any order end at the same status', () => {
    const heard = ['sent', 'queued', 'delivered', 'sent'].map(
      (status) => fromTwilioStatus(status) ?? 'queued',
    );
    const end = (order: number[]): string =>
      order.reduce(
        (status, i) => advanceStatus(status, heard[i] ?? 'queued').status,
        'sending' as (typeof heard)[0],
      );
    expect([end([0, 1, 2, 3]), end([2, 0, 1, 3]), end([3, 2, 1, 0])]).toEqual(
      Array(3).fill('delivered'),
    );
  });

  test('a callback resolves an unknown message; a delivered one stays delivered', () => {
    expect(advanceStatus('unknown', 'sent')).toEqual({ status: 'sent', changed: true });
    expect(advanceStatus('sending', 'unknown').changed).toBe(true);
    expect(advanceStatus('sent', 'unknown').changed).toBe(false);
    expect(advanceStatus('delivered', 'failed').changed).toBe(false);
    expect(advanceStatus('skipped', 'sending').changed).toBe(false);
  });

  test.each([
    ['accepted', 'sent'],
    ['scheduled', 'sent'],
    ['queued', 'sent'],
    ['sending', 'sent'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['Read', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
    ['received', null],
    ['constructor', null],
  ])('Twilio’s %s is our %s', (twilio, ours) => {
    expect(fromTwilioStatus(twilio)).toBe(ours);
  });
});
