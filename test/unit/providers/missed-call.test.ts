import {
  callParamsSchema,
  decideMissedCall,
  missedCallPrecedence,
} from '../../../scoring-service/src/providers/twilio/index.js';

const callStatuses = [
  undefined,
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'canceled',
  'failed',
  'something-new',
];
const dialStatuses = [
  undefined,
  'completed',
  'answered',
  'busy',
  'no-answer',
  'failed',
  'canceled',
  'in-progress',
  'something-new',
];
const recordings = [{}, { RecordingSid: 'RE1' }, { RecordingUrl: 'https://api.example.com/RE1' }];
const answeredBys = [
  undefined,
  'human',
  'machine_start',
  'machine_end_beep',
  'machine_end_silence',
  'machine_end_other',
  'fax',
  'unknown',
];

/** The rules as a person would say them, written without the table. */
function expected(
  call: string | undefined,
  dial: string | undefined,
  recorded: boolean,
  by: string | undefined,
) {
  const missed = (reason: string) => ({ final: true, missed: true, reason });
  const answered = { final: true, missed: false, reason: 'answered' };
  const wait = (reason: string) => ({ final: false, missed: false, reason });
  const noPickUp: Record<string, string> = {
    busy: 'busy',
    'no-answer': 'no_answer',
    failed: 'failed',
    canceled: 'canceled',
  };
  const machine = by !== undefined && (by.startsWith('machine') || by === 'fax');
  if (dial !== undefined) {
    const why = noPickUp[dial];
    if (why !== undefined) return missed(why);
    if (dial === 'completed' || dial === 'answered')
      return machine ? missed('voicemail') : answered;
    return wait(dial === 'in-progress' ? 'not_final' : 'unrecognised_status');
  }
  const why = noPickUp[call ?? ''];
  if (why !== undefined) return missed(why);
  if (call === 'completed') return machine || recorded ? missed('voicemail') : answered;
  return wait(call === 'something-new' ? 'unrecognised_status' : 'not_final');
}

describe('decideMissedCall', () => {
  test('every combination of CallStatus, DialCallStatus, recording and AnsweredBy', () => {
    let combinations = 0;
    for (const CallStatus of callStatuses) {
      for (const DialCallStatus of dialStatuses) {
        for (const recording of recordings) {
          for (const AnsweredBy of answeredBys) {
            const params = { CallSid: 'CA1', CallStatus, DialCallStatus, AnsweredBy, ...recording };
            const { final, missed, reason } = decideMissedCall(params);
            const recorded = Object.keys(recording).length > 0;
            expect({ params, final, missed, reason }).toEqual({
              params,
              ...expected(CallStatus, DialCallStatus, recorded, AnsweredBy),
            });
            combinations += 1;
          }
        }
      }
    }
    expect(combinations).toBe(11 * 9 * 3 * 8);
  });

  test('every row of the precedence table is needed by some callback', () => {
    const used = new Set<number>();
    for (const call of callStatuses) {
      for (const dial of dialStatuses) {
        for (const recorded of [true, false]) {
          for (const machine of [true, false]) {
            const facts = {
              call: call ?? '',
              dial: dial ?? '',
              recorded,
              machine,
              dialAnswered: false,
            };
            used.add(missedCallPrecedence.findIndex(({ matches }) => matches(facts)));
          }
        }
      }
    }
    expect([...used].sort((a, b) => a - b)).toEqual(missedCallPrecedence.map((_, index) => index));
  });

  test('ringing waits, the no-answer after it is missed, each its own event', () => {
    const ringing = decideMissedCall({ CallSid: 'CA1', CallStatus: 'ringing' });
    const ended = decideMissedCall({ CallSid: 'CA1', CallStatus: 'no-answer' });
    expect([ringing.final, ended.missed]).toEqual([false, true]);
    expect(ringing.event_key).not.toBe(ended.event_key);
    expect(decideMissedCall({ CallSid: 'CA1', CallStatus: 'NO_ANSWER' }).event_key).toBe(
      ended.event_key,
    );
  });

  test('a recording made while the call went on makes its end a voicemail', () => {
    const recorded = decideMissedCall({
      CallSid: 'CA1',
      CallStatus: 'in-progress',
      RecordingUrl: 'https://api.example.com/RE1',
    });
    expect(recorded).toMatchObject({ final: false, recording_url: 'https://api.example.com/RE1' });
    const end = { CallSid: 'CA1', CallStatus: 'completed' };
    expect(decideMissedCall(end, { recorded: true })).toMatchObject({
      missed: true,
      reason: 'voicemail',
    });
    expect(decideMissedCall(end)).toMatchObject({ missed: false, reason: 'answered' });
  });

  test('a recording or transcription that comes after the end makes it a voicemail, unless somebody answered', () => {
    const late = { CallSid: 'CA1', RecordingSid: 'RE1' };
    expect(decideMissedCall(late).final).toBe(false);
    expect(decideMissedCall(late, { call_status: 'completed' })).toMatchObject({
      missed: true,
      reason: 'voicemail',
    });
    expect(decideMissedCall(late, { call_status: 'completed', dial_answered: true }).missed).toBe(
      false,
    );
    expect(
      decideMissedCall({ CallSid: 'CA1', TranscriptionSid: 'TR1' }, { call_status: 'completed' })
        .missed,
    ).toBe(true);
  });

  test('a recorded conversation is no voicemail', () => {
    expect(
      decideMissedCall({
        CallSid: 'CA1',
        CallStatus: 'completed',
        RecordingSid: 'RE1',
        RecordingSource: 'DialVerb',
      }),
    ).toMatchObject({ missed: false, reason: 'answered' });
  });

  test('callbacks without a status are told apart by what they announce', () => {
    const keys = [
      { RecordingSid: 'RE1' },
      { RecordingSid: 'RE2' },
      { TranscriptionSid: 'TR1' },
    ].map((rest) => decideMissedCall({ CallSid: 'CA1', ...rest }).event_key);
    expect(new Set(keys).size).toBe(3);
  });

  test('the outcome of a dialled leg belongs to the call that dialled it', () => {
    expect(
      decideMissedCall({
        CallSid: 'CA2',
        ParentCallSid: 'CA1',
        CallStatus: 'completed',
        AnsweredBy: 'machine_start',
      }),
    ).toMatchObject({
      call_sid: 'CA2',
      outcome_call_sid: 'CA1',
      missed: true,
      reason: 'voicemail',
    });
  });
});

describe('callParamsSchema', () => {
  test('blank, null and absent parameters are the same; repeated ones count once', () => {
    const parsed = callParamsSchema.parse({
      CallSid: ' CA1 ',
      From: ' +12025550123 ',
      DialCallStatus: '',
      AnsweredBy: null,
      CallStatus: ['completed', 'busy'],
      Unknown: 'x',
    });
    expect(parsed).toEqual({ CallSid: 'CA1', From: '+12025550123', CallStatus: 'completed' });
  });
  test('a callback without CallSid is refused', () => {
    expect(callParamsSchema.safeParse({ CallStatus: 'busy' }).success).toBe(false);
    expect(callParamsSchema.safeParse({ CallSid: '  ' }).success).toBe(false);
  });
});
