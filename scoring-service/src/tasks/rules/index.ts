export {
  type EscalatableTask,
  type EscalationInputs,
  type EscalationStep,
  type NextEscalation,
  type OpenMinutes,
  defaultUnclaimedMinutes,
  nextEscalation,
} from './escalation.js';
export {
  type Ownership,
  type OwnershipInputs,
  type OwnershipRule,
  type RuleConsidered,
  type StaffMember,
  type TaskEnquiry,
  chooseOwner,
} from './ownership.js';
export {
  type TaskAction,
  type TaskOutcome,
  type TaskState,
  type TaskTransition,
  isClosedTask,
  taskActions,
  taskOutcomes,
  taskStates,
  taskTransitions,
  transitionTask,
} from './state.js';
export { matchUrgent } from './urgent.js';
