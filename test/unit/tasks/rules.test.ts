import {
  chooseOwner,
  isClosedTask,
  matchUrgent,
  nextEscalation,
  taskActions,
  taskStates,
  taskTransitions,
  transitionTask,
  type EscalationInputs,
  type OwnershipInputs,
  type OwnershipRule,
} from '../../../scoring-service/src/tasks/rules/index.js';

describe('chooseOwner', () => {
  const anyone = { services: [], areas: [] };
  const staff = [
    { id: 'ana', on_duty: true, services: ['Implants'], areas: [] },
    { id: 'ben', on_duty: true, ...anyone },
    { id: 'cleo', on_duty: false, ...anyone },
  ];
  const rule = (change: Partial<OwnershipRule>): OwnershipRule => ({
    id: 'r1',
    services: [],
    areas: [],
    owner_id: 'ben',
    ...change,
  });
  const enquiry = {
    service: 'Implants',
    state: 'Texas',
    postal_code: '75001-1234',
    area: 'North Side',
  };
  const choose = (change: Partial<OwnershipInputs>) =>
    chooseOwner({ enquiry, rules: [], staff, default_owner_id: 'cleo', ...change });

  test('the first rule whose service and area fit decides, and says why the others did not', () => {
    const rules = [
      rule({ id: 'r1', services: ['Whitening'] }),
      rule({ id: 'r2', areas: ['California'] }),
      rule({ id: 'r3', owner_id: 'cleo' }),
      rule({ id: 'r4', services: ['implants'], areas: ['TX'] }),
      rule({ id: 'r5', owner_id: 'ana' }),
    ];
    expect(choose({ rules })).toEqual({
      owner_id: 'ben',
      decided_by: 'rule',
      rule_id: 'r4',
      considered: [
        { rule_id: 'r1', matched: false, detail: 'another service' },
        { rule_id: 'r2', matched: false, detail: 'another area' },
        { rule_id: 'r3', matched: false, detail: 'its owner is off duty' },
        { rule_id: 'r4', matched: true, detail: 'service and area fit, the owner is on duty' },
      ],
    });
  });

  test.each([
    [['TX'], true],
    [['texas'], true],
    [['750'], true],
    [['750*'], true],
    [['75001'], true],
    [['north-side'], true],
    [['NÓRTH SIDE'], true],
    [['760', 'TX'], true],
    [['760'], false],
    [['OK'], false],
    [['North'], false],
    [['7'], true],
  ])('the areas %p take the enquiry: %p', (areas, fits) => {
    expect(choose({ rules: [rule({ areas })] }).decided_by === 'rule').toBe(fits);
  });

  test('a letter-and-digit postal code has prefixes too', () => {
    const abroad = { ...enquiry, state: null, area: null, postal_code: 'SW1A 1AA' };
    expect(choose({ enquiry: abroad, rules: [rule({ areas: ['sw1a'] })] }).decided_by).toBe('rule');
    expect(choose({ enquiry: abroad, rules: [rule({ areas: ['SW'] })] }).decided_by).toBe(
      'default_owner',
    );
  });

  test('a rule without an owner takes whoever is on duty for the service and area', () => {
    expect(choose({ rules: [rule({ owner_id: null })] }).owner_id).toBe('ana');
    const other = { ...enquiry, service: 'Cleaning' };
    expect(choose({ enquiry: other, rules: [rule({ owner_id: null })] }).owner_id).toBe('ben');
  });

  test('an enquiry that names no service fits only rules for every service', () => {
    const unknown = { service: null, state: null, postal_code: null, area: null };
    expect(choose({ enquiry: unknown, rules: [rule({ services: ['Implants'] })] }).decided_by).toBe(
      'default_owner',
    );
    expect(choose({ enquiry: unknown, rules: [rule({})] }).owner_id).toBe('ben');
  });

  test('no rule fits: the default owner, on duty or not; none: nobody', () => {
    expect(choose({})).toMatchObject({
      owner_id: 'cleo',
      decided_by: 'default_owner',
      rule_id: null,
    });
    expect(choose({ default_owner_id: null })).toMatchObject({
      owner_id: null,
      decided_by: 'nobody',
    });
    expect(choose({ rules: [rule({ owner_id: 'gone' })] }).considered[0]?.detail).toContain(
      'not on the staff list',
    );
  });
});

describe('matchUrgent', () => {
  const keywords = ['pain', 'severe bleeding', 'swollen', 'Knocked-out tooth', "can't breathe"];
  test.each([
    ['Severe PAIN since Monday', ['pain']],
    ['painting my house', []],
    ['severe   bleeding!', ['severe bleeding']],
    ['bleeding, severe', []],
    ['a knocked out tooth', ['Knocked-out tooth']],
    ['I cant breathe', ["can't breathe"]],
    ['I can’t breathe, face swollen, pain', ['pain', 'swollen', "can't breathe"]],
    ['', []],
    [null, []],
  ])('%p holds %p', (text, found) => {
    expect(matchUrgent(text, keywords)).toEqual(found);
  });
  test('accents and scripts without spaces', () => {
    expect(matchUrgent('Tengo una hemorragia GRAVÍSIMA', ['gravisima'])).toEqual(['gravisima']);
    expect(matchUrgent('我牙疼得很厉害', ['牙疼'])).toEqual(['牙疼']);
    expect(matchUrgent('anything', ['', '  ', '!!'])).toEqual([]);
    expect(matchUrgent('pain', ['pain', 'pain '])).toEqual(['pain']);
  });
});

describe('transitionTask', () => {
  const task = (state: (typeof taskStates)[number], claimed_by: string | null = null) => ({
    state,
    claimed_by,
  });

  test('every action in every state does what the table says; closed tasks refuse all', () => {
    for (const state of taskStates) {
      for (const action of taskActions) {
        const answer = transitionTask(task(state, 'ana'), action, 'ana');
        if (isClosedTask(state)) expect(answer).toMatchObject({ ok: false, code: 'task_closed' });
        else expect(answer).toMatchObject({ ok: true, state: taskTransitions[state][action] });
      }
    }
  });

  test('of two people claiming at once one wins', () => {
    expect(transitionTask(task('open'), 'claim', 'ana')).toEqual({
      ok: true,
      state: 'claimed',
      changed: true,
    });
    expect(transitionTask(task('claimed', 'ana'), 'claim', 'ben')).toMatchObject({
      ok: false,
      code: 'already_claimed',
    });
    expect(transitionTask(task('claimed', 'ana'), 'claim', null)).toMatchObject({
      ok: false,
      code: 'already_claimed',
    });
    expect(transitionTask(task('claimed', 'ana'), 'claim', 'ana')).toEqual({
      ok: true,
      state: 'claimed',
      changed: false,
    });
    expect(transitionTask(task('escalated'), 'claim', 'ben')).toMatchObject({ state: 'claimed' });
  });

  test('a new event never reopens or unclaims', () => {
    expect(transitionTask(task('claimed', 'ana'), 'update', null)).toMatchObject({
      state: 'claimed',
      changed: false,
    });
    expect(transitionTask(task('completed'), 'update', null)).toMatchObject({ ok: false });
  });
});

describe('nextEscalation', () => {
  const MINUTE = 60_000;
  const START = Date.parse('2026-11-20T15:00:00Z');
  const hours = { openMinutesAfter: (at: number, minutes: number) => at + minutes * MINUTE };
  const ask = (change: Partial<EscalationInputs>, task: Partial<EscalationInputs['task']> = {}) =>
    nextEscalation({
      task: {
        state: 'open',
        owner_id: 'ana',
        opened_at: START,
        due_at: START + 40 * MINUTE,
        ...task,
      },
      now: START,
      hours,
      chain: ['ana', 'ben', 'cleo'],
      steps_done: [],
      ...change,
    });

  test('fifteen open minutes unclaimed: the next person, once per step', () => {
    expect(ask({})).toEqual({
      step: 'unclaimed_1',
      at: START + 15 * MINUTE,
      due_now: false,
      to_staff_id: 'ben',
    });
    expect(ask({ now: START + 15 * MINUTE - 1 })?.due_now).toBe(false);
    expect(ask({ now: START + 15 * MINUTE })?.due_now).toBe(true);
    const first = { step: 'unclaimed_1', at: START + 15 * MINUTE, to_staff_id: 'ben' };
    expect(ask({ now: first.at, steps_done: [first] }, { state: 'escalated' })).toEqual({
      step: 'unclaimed_2',
      at: START + 30 * MINUTE,
      due_now: false,
      to_staff_id: 'cleo',
    });
  });

  test('a whole life ends: two people told, then the deadline, then nothing', () => {
    const steps_done: EscalationInputs['steps_done'][number][] = [];
    let now = START;
    for (;;) {
      const next = ask(
        { now, steps_done },
        { state: steps_done.length > 0 ? 'escalated' : 'open' },
      );
      if (next === null) break;
      now = Math.max(now, next.at);
      steps_done.push({ step: next.step, at: now, to_staff_id: next.to_staff_id });
    }
    expect(steps_done.map(({ step, to_staff_id }) => [step, to_staff_id])).toEqual([
      ['unclaimed_1', 'ben'],
      ['unclaimed_2', 'cleo'],
      ['overdue', null],
    ]);
  });

  test('a claimed task escalates only when overdue, once', () => {
    const claimed = { state: 'claimed' } as const;
    expect(ask({ now: START + 20 * MINUTE }, claimed)).toMatchObject({
      step: 'overdue',
      at: START + 40 * MINUTE,
      due_now: false,
      to_staff_id: 'ben',
    });
    const done = [{ step: 'overdue', at: START + 40 * MINUTE, to_staff_id: 'ben' }];
    expect(ask({ now: START + 400 * MINUTE, steps_done: done }, claimed)).toBeNull();
  });

  test('minutes are open minutes', () => {
    const nextMorning = {
      openMinutesAfter: (at: number, minutes: number) => at + 16 * 60 * MINUTE + minutes,
    };
    expect(ask({ hours: nextMorning })?.step).toBe('overdue');
    expect(ask({ unclaimed_minutes: 5 })?.at).toBe(START + 5 * MINUTE);
    expect(ask({ hours: { openMinutesAfter: () => null } })?.step).toBe('overdue');
  });

  test('after a pause the steps follow one by one', () => {
    const late = START + 600 * MINUTE;
    const first = ask({ now: late });
    expect(first).toMatchObject({ step: 'unclaimed_1', due_now: true });
    const steps_done = [{ step: 'unclaimed_1', at: late, to_staff_id: 'ben' }];
    expect(ask({ now: late, steps_done }, { state: 'escalated' })).toMatchObject({
      step: 'overdue',
      due_now: true,
    });
  });

  test('a closed task never escalates', () => {
    for (const state of ['completed', 'cancelled'] as const) {
      expect(ask({ now: START + 999 * MINUTE }, { state })).toBeNull();
    }
  });
});
