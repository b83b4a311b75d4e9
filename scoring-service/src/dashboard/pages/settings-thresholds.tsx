import { listBusinesses } from '../../businesses/queries.js';
import type { Business } from '../../businesses/business-schema.js';
import type { Settings } from '../../settings/settings.js';
import {
  THRESHOLD_NAMES,
  THRESHOLD_RULES,
  type ThresholdName,
  type Thresholds,
} from '../../settings/threshold-rules.js';
import {
  readThresholds,
  updateThresholds,
  type StoredThresholds,
} from '../../thresholds/stored.js';
import { updateThresholdsSchema } from '../../thresholds/threshold-schema.js';
import { Badge, Facts, Link, Section, Text } from '../components/basics.js';
import { Field } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { Table } from '../components/table.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, problemOf, type Problem, type Screen } from '../screen.js';
import { SettingsNav } from './settings.js';

const PATH = '/settings/thresholds';

const TEXTS: Record<ThresholdName, readonly [label: string, meaning: string]> = {
  CREDIT_FLOOR: ['Credit floor', 'Leads with a lower credit score are rejected.'],
  UNASSIGNED_RETRY_MAX_AGE_HOURS: [
    'Try waiting leads again for (hours)',
    'When orders change; 0 for never.',
  ],
  BOOK_NOW_MIN_SCORE: ['Book from score', 'Enquiries of this score and above get a booking link.'],
  FOLLOW_UP_MIN_SCORE: ['Follow up from score', 'Enquiries below it count as low quality.'],
  REVIEW_DELAY_HOURS: [
    'Ask for a review after (hours)',
    'Counted from the appointment; holds for what is booked or moved from now on.',
  ],
  REVIEW_REPEAT_DAYS: ['Ask a phone again after (days)', 'One request for a review in this time.'],
};

/** What holds, and whether the environment, a person or nobody said so. */
function InForce({
  settings,
  stored,
  current,
}: {
  settings: Settings;
  stored: StoredThresholds;
  current: Thresholds;
}) {
  const saidBy = (name: ThresholdName): string => {
    if (settings.given.has(name)) return 'set by the environment';
    return stored.values[name] === undefined ? 'default' : 'set here';
  };
  return (
    <Facts
      rows={THRESHOLD_NAMES.map((name) => [
        TEXTS[name][0],
        <>
          <strong>{current[name]}</strong> <span class="faint">({saidBy(name) as 'safe'})</span>
          <code class="sub">{name as 'safe'}</code>
        </>,
      ])}
    />
  );
}

/** The thresholds that the environment leaves open. */
function ThresholdForm({
  settings,
  stored,
  problem,
}: {
  settings: Settings;
  stored: StoredThresholds;
  problem: Problem | null;
}) {
  const open = THRESHOLD_NAMES.filter((name) => !settings.given.has(name));
  if (open.length === 0) {
    return (
      <p class="hint">
        The environment sets all of them. To change one here, take its variable away and start the
        service again.
      </p>
    );
  }
  return (
    <PostForm action="update" path={PATH} problem={problem} label="Change thresholds">
      <input type="hidden" name="version" value={String(stored.version)} />
      <div class="fields">
        {open.map((name) => {
          const { fallback, min, max, integer } = THRESHOLD_RULES[name];
          return (
            <Field
              name={name}
              label={TEXTS[name][0]}
              type="number"
              min={min}
              max={max}
              step={integer ? '1' : 'any'}
              value={stored.values[name]}
              hint={`${TEXTS[name][1]} Blank for ${fallback}.`}
              problem={problem}
            />
          );
        })}
      </div>
      <div>
        <button type="submit" class="primary">
          Save the thresholds
        </button>
      </div>
    </PostForm>
  );
}

/** The times of each business, which are changed on its own page. */
function OfBusinesses({ businesses }: { businesses: readonly Business[] }) {
  return (
    <Table
      caption="Thresholds of each business"
      rows={businesses}
      columns={[
        {
          head: 'Business',
          cell: (one) => <Link href={`/settings/businesses/${one.id}`} text={one.name} />,
        },
        {
          head: 'Call back within (open minutes)',
          numeric: true,
          cell: (one) => <Text value={one.response_window_minutes} />,
        },
        {
          head: 'Escalate unclaimed after (open minutes)',
          numeric: true,
          cell: (one) => <Text value={one.unclaimed_minutes} />,
        },
      ]}
    />
  );
}

/** Limits by which leads are decided: what holds, who said so, and changing them while running. */
export function thresholdsScreen(deps: DashboardDeps): Screen {
  const { store, settings, thresholds, orders } = deps;
  return {
    path: PATH,
    scope: 'read',
    async show(view) {
      const [stored, businesses] = await Promise.all([
        readThresholds(store),
        listBusinesses(store, { limit: 200 }, []),
      ]);
      return {
        title: 'Thresholds',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section
              title="In force"
              id="in-force"
              aside={
                settings.given.size > 0 &&
                THRESHOLD_NAMES.some((name) => settings.given.has(name)) ? (
                  <Badge status="locked" text="Some are fixed by the environment" tone="info" />
                ) : undefined
              }
            >
              <InForce settings={settings} stored={stored} current={thresholds.current()} />
            </Section>
            {view.can('admin') ? (
              <Section title="Change them" id="change">
                <ThresholdForm
                  settings={settings}
                  stored={stored}
                  problem={problemOf(view, 'update')}
                />
              </Section>
            ) : (
              <></>
            )}
            <Section title="Of each business" id="businesses">
              <OfBusinesses businesses={businesses.data} />
            </Section>
            <p>
              <a href={address('/activity', { subject_id: 'thresholds' })}>
                What was changed, and by whom
              </a>
            </p>
          </>
        ),
      };
    },
    actions: {
      update: {
        scope: 'admin',
        async run(view, form) {
          // A blank field takes a threshold back; one that has no field is left as it is.
          const typed = THRESHOLD_NAMES.filter((name) => form.has(name)).map(
            (name) => [name, form.get(name)] as const,
          );
          const input = check(updateThresholdsSchema, {
            ...Object.fromEntries(typed),
            ...pick(form, ['version']),
          });
          await store.unit(() => updateThresholds(deps, input, view.actor));
          await thresholds.load();
          // Leads that were too old to be tried may be young enough now.
          orders.capacityChanged();
          return { goTo: address(PATH, { done: 'thresholds_changed' }) };
        },
      },
    },
  };
}
