import type { Store } from '../../db/store.js';
import type { Decision } from '../../leads/queries.js';
import type { Message } from '../../messaging/message.js';
import type { EntryType, TimelineEntry } from '../../response/timeline-entry.js';
import { leadTimeline } from '../../response/timeline.js';
import type { Task } from '../../tasks/task.js';
import { sentence } from '../components/format.js';

/** One thing that happened to a lead, in words. */
export interface Happening {
  at: string;
  title: string;
  /** A line more, or null. */
  detail: string | null;
  /** Longer text: what was said, or the payload as received. */
  raw: string | null;
  rawTitle: string;
  status: string | null;
  href: string | null;
  /** The moment it is about, when that is another than when it was made known. */
  when: string | null;
}

const MOST = 500;

function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

const ARRIVALS: Record<string, string> = {
  intake: 'Arrived',
  duplicate: 'Arrived again (duplicate)',
  update: 'Updated',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const orNull = (value: string): string | null => (value === '' ? null : value);

type Told = Omit<Happening, 'at'>;
const told = (title: string, over: Partial<Told> = {}): Told => ({
  title,
  detail: null,
  raw: null,
  rawTitle: 'As received',
  status: null,
  href: null,
  when: null,
  ...over,
});

/** How each kind of entry reads. Its data has the shape of its own resource. */
const WORDING: Record<
  Exclude<EntryType, 'decision'>,
  (data: Record<string, unknown>, id: string) => Told
> = {
  source_event: (data) =>
    told(ARRIVALS[text(data.kind)] ?? sentence(text(data.kind)), {
      detail: [
        `through ${text(data.provider)}`,
        text(data.verified_by) === '' ? '' : `proved by ${text(data.verified_by)}`,
        text(data.reason),
      ]
        .filter((part) => part !== '')
        .join('; '),
      raw: pretty(text(data.raw)),
    }),
  link: (data) =>
    told(sentence(text(data.kind)), {
      detail: 'has to do with another lead',
      href: `/leads/${text(data.other_lead_id)}`,
    }),
  merge_suggestion: (data) =>
    told('May be the same person as another lead', {
      detail: sentence(text(data.reason)),
      status: text(data.state),
      href: `/leads/${text(data.other_lead_id)}`,
    }),
  qualification: (data) =>
    told('Qualified', {
      detail: [
        typeof data.score === 'number' ? `score ${data.score}` : '',
        sentence(text(data.decision)),
        text(data.reason),
      ]
        .filter((part) => part !== '')
        .join('; '),
      status: orNull(text(data.status)),
    }),
  task: (data, id) => {
    const task = data as unknown as Task;
    return told('Callback task', {
      detail: sentence(task.reason),
      status: task.state,
      href: `/tasks/${id}`,
    });
  },
  appointment: (data, id) =>
    told('Appointment', {
      detail: orNull(text(data.service_type)),
      when: orNull(text(data.scheduled_at)),
      href: `/appointments/${id}`,
      status: orNull(text(data.status)),
    }),
  message: (data) => {
    const message = data as unknown as Message;
    const reason = message.reason_code === null ? '' : `: ${sentence(message.reason_code)}`;
    return told(
      message.direction === 'inbound'
        ? 'Message received'
        : `${sentence(message.kind)} by ${message.channel}`,
      {
        detail: `${message.direction === 'inbound' ? 'from the lead' : `to ${message.to ?? 'nobody'}`}${reason}`,
        raw: message.body,
        rawTitle: 'Text',
        status: message.status,
      },
    );
  },
  delivery: (data, id) =>
    told('Delivery', {
      detail: orNull(sentence(text(data.reason_code))),
      status: text(data.status),
      href: `/deliveries/${id}`,
    }),
  delivery_attempt: (data) =>
    told('Delivery attempt', {
      detail: [
        sentence(text(data.outcome)),
        typeof data.http_status === 'number' ? `HTTP ${data.http_status}` : '',
        text(data.error_detail),
      ]
        .filter((part) => part !== '')
        .join('; '),
      status: data.outcome === 'sent' ? 'sent' : 'failed',
    }),
  activity: (data) => {
    const actor = (data.actor ?? {}) as { name?: string };
    return told(sentence(text(data.action).replace('.', ' ')), {
      detail: [`by ${actor.name ?? ''}`, changes(data.before, data.after)]
        .filter((part) => part !== '')
        .join(': '),
    });
  },
};

/** What an entry of the activity log changed: "status: scheduled → completed". */
function changes(before: unknown, after: unknown): string {
  const shown = (value: unknown): string =>
    value === null || value === undefined || value === '' ? 'nothing' : String(value as string);
  const was = (before ?? {}) as Record<string, unknown>;
  const is = (after ?? {}) as Record<string, unknown>;
  const plain = (value: unknown): boolean => value === null || typeof value !== 'object';
  return (
    Object.keys(was)
      .filter((name) => plain(was[name]) && plain(is[name]) && was[name] !== is[name])
      // Ids tell people nothing; what they name stands in the entry they lead to.
      .filter((name) => !name.endsWith('id'))
      .map((name) => `${name.replaceAll('_', ' ')}: ${shown(was[name])} → ${shown(is[name])}`)
      .join('; ')
  );
}

function isBySystem(entry: TimelineEntry): boolean {
  const actor = entry.data.actor as { type?: string } | undefined;
  return entry.type === 'activity' && actor?.type === 'system';
}

/** What happened to a lead, newest first, in words; what the system logs of decisions stands there already. */
export async function readTimeline(
  store: Store,
  leadId: string,
  ofDecision: (decision: Decision) => { title: string; detail: string },
): Promise<Happening[]> {
  const { data } = await leadTimeline(store, leadId, { limit: MOST });
  return data
    .filter((entry) => !isBySystem(entry))
    .map((entry): Happening => {
      const { id, at, type } = entry;
      if (type !== 'decision') return { at, ...WORDING[type](entry.data, id) };
      const decision = { ...entry.data, id, at } as unknown as Decision;
      return { at, ...told('', { ...ofDecision(decision), status: decision.status }) };
    })
    .reverse();
}
