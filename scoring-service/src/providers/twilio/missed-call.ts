import type { CallParams } from './params.js';

export type CallReason =
  | 'busy'
  | 'no_answer'
  | 'failed'
  | 'canceled'
  | 'voicemail'
  | 'answered'
  | 'not_final'
  | 'unrecognised_status';

/** What earlier callbacks with the same CallSid said. */
export interface CallHistory {
  /** The latest final CallStatus. */
  call_status?: string | null;
  /** A dialled leg was answered by a person. */
  dial_answered?: boolean;
  /** A recording or transcription arrived. */
  recorded?: boolean;
}

export interface MissedCallDecision {
  /** False: recorded, wait for a later callback. */
  final: boolean;
  missed: boolean;
  reason: CallReason;
  call_sid: string;
  /** The call that the outcome belongs to: the parent of a dialled leg, else the call itself. */
  outcome_call_sid: string;
  /** (CallSid, CallStatus, DialCallStatus): the same for a repeated callback. */
  event_key: string;
  /** Where the voicemail can be heard or read, when this callback says. */
  recording_url: string | null;
  transcription_url: string | null;
}

interface Facts {
  dial: string;
  call: string;
  machine: boolean;
  recorded: boolean;
  dialAnswered: boolean;
}

export interface PrecedenceRow {
  /** The conditions in words, for the docs. */
  dial_call_status: string;
  call_status: string;
  also: string;
  outcome: 'missed' | 'answered' | 'wait';
  reason: CallReason;
  matches: (facts: Facts) => boolean;
}

const isAnswer = (status: string): boolean => status === 'completed' || status === 'answered';
const PENDING = new Set(['queued', 'initiated', 'ringing', 'in-progress']);

const unanswered = (status: string, reason: CallReason): PrecedenceRow => ({
  dial_call_status: status,
  call_status: 'any',
  also: '',
  outcome: 'missed',
  reason,
  matches: ({ dial }) => dial === status,
});

const ended = (status: string, reason: CallReason): PrecedenceRow => ({
  dial_call_status: 'absent',
  call_status: status,
  also: '',
  outcome: 'missed',
  reason,
  matches: ({ dial, call }) => dial === '' && call === status,
});

/**
 * What one call's callbacks mean. The first row that matches decides. DialCallStatus decides by
 * itself (a parent call is `completed` even when nobody picked up); without it only a final
 * CallStatus does; a missing DialCallStatus alone never means missed.
 */
export const missedCallPrecedence: readonly PrecedenceRow[] = [
  unanswered('busy', 'busy'),
  unanswered('no-answer', 'no_answer'),
  unanswered('failed', 'failed'),
  unanswered('canceled', 'canceled'),
  {
    dial_call_status: 'completed, answered',
    call_status: 'any',
    also: 'AnsweredBy is machine_… or fax',
    outcome: 'missed',
    reason: 'voicemail',
    matches: ({ dial, machine }) => isAnswer(dial) && machine,
  },
  {
    dial_call_status: 'completed, answered',
    call_status: 'any',
    also: '',
    outcome: 'answered',
    reason: 'answered',
    matches: ({ dial }) => isAnswer(dial),
  },
  {
    dial_call_status: 'queued, initiated, ringing, in-progress',
    call_status: 'any',
    also: '',
    outcome: 'wait',
    reason: 'not_final',
    matches: ({ dial }) => PENDING.has(dial),
  },
  {
    dial_call_status: 'anything else',
    call_status: 'any',
    also: '',
    outcome: 'wait',
    reason: 'unrecognised_status',
    matches: ({ dial }) => dial !== '',
  },
  ended('busy', 'busy'),
  ended('no-answer', 'no_answer'),
  ended('failed', 'failed'),
  ended('canceled', 'canceled'),
  {
    dial_call_status: 'absent',
    call_status: 'completed',
    also: 'AnsweredBy is machine_… or fax (only dialled legs carry it)',
    outcome: 'missed',
    reason: 'voicemail',
    matches: ({ call, machine }) => call === 'completed' && machine,
  },
  {
    dial_call_status: 'absent',
    call_status: 'completed',
    also: 'a recording, and no answered dialled leg',
    outcome: 'missed',
    reason: 'voicemail',
    matches: ({ call, recorded, dialAnswered }) =>
      call === 'completed' && recorded && !dialAnswered,
  },
  {
    dial_call_status: 'absent',
    call_status: 'completed',
    also: '',
    outcome: 'answered',
    reason: 'answered',
    matches: ({ call }) => call === 'completed',
  },
  {
    dial_call_status: 'absent',
    call_status: 'queued, initiated, ringing, in-progress, absent',
    also: '',
    outcome: 'wait',
    reason: 'not_final',
    matches: ({ call }) => call === '' || PENDING.has(call),
  },
  {
    dial_call_status: 'absent',
    call_status: 'anything else',
    also: '',
    outcome: 'wait',
    reason: 'unrecognised_status',
    matches: () => true,
  },
];

/** "No_Answer" and "no-answer" are one; "cancelled" is "canceled". */
function statusOf(value: string | null | undefined): string {
  const status = (value ?? '').trim().toLowerCase().replaceAll('_', '-');
  return status === 'cancelled' ? 'canceled' : status;
}

/**
 * Decides one voice callback by {@link missedCallPrecedence}. `history` is what earlier callbacks
 * of the call said: a voicemail's recording and its final CallStatus often come apart. A callback
 * without CallStatus (recording, transcription) is read with the final one heard before. The
 * caller makes the missed outcome at most once per `outcome_call_sid`.
 */
export function decideMissedCall(
  params: CallParams,
  history: CallHistory = {},
): MissedCallDecision {
  const answeredBy = (params.AnsweredBy ?? '').toLowerCase();
  const facts: Facts = {
    dial: statusOf(params.DialCallStatus),
    call: statusOf(params.CallStatus ?? history.call_status),
    machine: answeredBy.startsWith('machine') || answeredBy === 'fax',
    recorded:
      (params.RecordingSid ?? params.RecordingUrl ?? params.TranscriptionSid) !== undefined ||
      history.recorded === true,
    // A recording made by <Dial> is of a conversation, not of a voicemail.
    dialAnswered:
      history.dial_answered === true || params.RecordingSource?.toLowerCase() === 'dialverb',
  };
  const row = missedCallPrecedence.find(({ matches }) => matches(facts));
  const { outcome, reason } = row ?? { outcome: 'wait', reason: 'unrecognised_status' as const };
  const own = statusOf(params.CallStatus);
  return {
    final: outcome !== 'wait',
    missed: outcome === 'missed',
    reason,
    call_sid: params.CallSid,
    outcome_call_sid: params.ParentCallSid ?? params.CallSid,
    event_key: `twilio:${params.CallSid}:${own}:${facts.dial}${own === '' ? artefact(params) : ''}`,
    recording_url: params.RecordingUrl ?? null,
    transcription_url: params.TranscriptionUrl ?? null,
  };
}

/** Callbacks without any status are told apart by the recording or transcription they announce. */
function artefact(params: CallParams): string {
  const sid = params.TranscriptionSid ?? params.RecordingSid;
  return sid === undefined ? '' : `:${sid}`;
}
