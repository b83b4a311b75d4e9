import { type TaskState, isClosedTask } from './state.js';

/** What this module needs to know of a business's hours; moments in milliseconds. */
export interface OpenMinutes {
  /** The instant at which `minutes` open minutes after `at` have passed; null when never. */
  openMinutesAfter(at: number, minutes: number): number | null;
}

/** Open minutes a task may stay unclaimed before the next person is told. */
export const defaultUnclaimedMinutes = 15;

export interface EscalatableTask {
  state: TaskState;
  owner_id: string | null;
  /** When its present owner got it (made, reassigned or snoozed until): milliseconds. */
  opened_at: number;
  due_at: number;
}

/** A step already taken, as recorded with the task. */
export interface EscalationStep {
  step: string;
  at: number;
  to_staff_id: string | null;
}

export interface EscalationInputs {
  task: EscalatableTask;
  now: number;
  hours: OpenMinutes;
  /** Staff ids in the order in which they are told. */
  chain: readonly string[];
  steps_done: readonly EscalationStep[];
  unclaimed_minutes?: number;
}

export interface NextEscalation {
  /** `unclaimed_1`, `unclaimed_2`, … or `overdue`: each is taken at most once. */
  step: string;
  /** When it is due, milliseconds; take it as soon as `now` has reached it. */
  at: number;
  due_now: boolean;
  /** Null when everybody in the chain has been told: only the event goes out. */
  to_staff_id: string | null;
}

/**
 * The next escalation of a task, or null when none is left. An unclaimed task goes to the next
 * person of the chain after every `unclaimed_minutes` open minutes, until the chain ends; a task
 * past its deadline, claimed or not, escalates once more. After a pause of the service the steps
 * follow one by one, each counted from the one before, never all at once.
 */
export function nextEscalation(inputs: EscalationInputs): NextEscalation | null {
  const { task, now, hours, chain, steps_done: done } = inputs;
  if (isClosedTask(task.state)) return null;
  const told = new Set([task.owner_id, ...done.map(({ to_staff_id }) => to_staff_id)]);
  const next = chain.find((id) => !told.has(id)) ?? null;
  const candidates: NextEscalation[] = [];
  const add = (step: string, at: number | null): void => {
    if (at !== null) candidates.push({ step, at, due_now: now >= at, to_staff_id: next });
  };

  if (task.state !== 'claimed' && next !== null) {
    const taken = done.filter(({ step }) => step.startsWith('unclaimed_'));
    const since = Math.max(task.opened_at, ...done.map(({ at }) => at));
    const minutes = inputs.unclaimed_minutes ?? defaultUnclaimedMinutes;
    add(`unclaimed_${taken.length + 1}`, hours.openMinutesAfter(since, minutes));
  }
  if (!done.some(({ step }) => step === 'overdue')) add('overdue', task.due_at);
  return candidates.sort((a, b) => a.at - b.at)[0] ?? null;
}
