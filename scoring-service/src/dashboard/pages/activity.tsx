import type { ActivityLogTable } from '../../db/tables/audit.js';
import { Empty, Link, Moment } from '../components/basics.js';
import { Field, Select } from '../components/fields.js';
import { Filters } from '../components/form.js';
import { clip, sentence } from '../components/format.js';
import { Pager } from '../components/pager.js';
import { Table } from '../components/table.js';
import { readActivity } from '../data/activity.js';
import { FOR_ADMINS, readSubjects, SUBJECT_TYPES, type Subjects } from '../data/subjects.js';
import type { DashboardDeps } from '../deps.js';
import type { Screen } from '../screen.js';

const PER_PAGE = 50;
const LONGEST = 200;

/** Members that say nothing to a person. */
const TECHNICAL = new Set(['decision_id', 'id']);

type Values = Record<string, unknown>;

function parse(text: string | null): Values {
  return text === null ? {} : (JSON.parse(text) as Values);
}

function show(name: string, value: unknown, subjects: Subjects): string {
  if (value === undefined || value === null || value === '') return 'none';
  const called = typeof value === 'string' ? subjects.named(name, value) : null;
  if (called !== null) return clip(called, LONGEST);
  return clip(typeof value === 'string' ? value : JSON.stringify(value), LONGEST);
}

/** Each value that changed, before → after; what a creation set, only after. */
function Changes({ row, subjects }: { row: ActivityLogTable; subjects: Subjects }) {
  const before = parse(row.before);
  const after = parse(row.after);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !TECHNICAL.has(name),
  );
  if (names.length === 0) return <span class="faint">–</span>;
  const list = (
    <ul class="changes">
      {names.map((name) => (
        <li>
          <span class="faint" safe>{`${sentence(name.replace(/_id$/, ''))}: `}</span>
          {row.before === null ? (
            <></>
          ) : (
            <>
              <del>
                <bdi safe>{show(name, before[name], subjects)}</bdi>
              </del>
              {' → '}
            </>
          )}
          <ins>
            <bdi safe>{show(name, after[name], subjects)}</bdi>
          </ins>
        </li>
      ))}
    </ul>
  );
  if (names.length <= 4) return list;
  return (
    <details>
      <summary safe>{`${names.length} values`}</summary>
      {list}
    </details>
  );
}

/** Who did what, when, and what it changed. */
export function activityScreen({ store }: DashboardDeps): Screen {
  return {
    path: '/activity',
    scope: 'read',
    async show(view) {
      const type = SUBJECT_TYPES.find((one) => one === view.query.get('subject_type'));
      const subjectId = view.query.get('subject_id').slice(0, 255);
      const cursor = view.query.get('cursor');
      const page = await readActivity(store, {
        limit: PER_PAGE,
        subject_type: type,
        subject_id: subjectId || undefined,
        cursor: cursor || undefined,
      });
      const subjects = await readSubjects(store, page.data);
      const active = type !== undefined || subjectId !== '';
      return {
        title: 'Activity log',
        section: '/activity',
        body: (
          <>
            <Filters path="/activity" active={active}>
              <Select
                name="subject_type"
                label="About"
                value={type}
                options={[
                  ['', 'Anything'],
                  ...SUBJECT_TYPES.map((one) => [one, sentence(one)] as const),
                ]}
              />
              <Field
                name="subject_id"
                label="Id"
                value={subjectId}
                hint="Of a lead, order, broker…"
              />
            </Filters>
            <div id="results">
              {page.data.length === 0 ? (
                <Empty
                  title={
                    page.next_cursor === null
                      ? 'Nothing has been done yet.'
                      : 'Nothing here; older entries may match.'
                  }
                >
                  {active ? (
                    <p>
                      <a href="/activity">Show everything</a>.
                    </p>
                  ) : (
                    <></>
                  )}
                </Empty>
              ) : (
                <Table
                  caption="Activity, newest first"
                  rows={page.data}
                  columns={[
                    {
                      head: 'When',
                      cell: (row) => <Moment at={row.at} timezone={view.timezone} />,
                    },
                    {
                      head: 'Who',
                      cell: (row) => (
                        <>
                          <bdi safe>{clip(row.actor_name, 60)}</bdi>
                          <span class="sub" safe>
                            {sentence(row.actor_type)}
                          </span>
                        </>
                      ),
                    },
                    {
                      head: 'What',
                      cell: (row) => <span safe>{sentence(row.action.replace('.', ' '))}</span>,
                    },
                    {
                      head: 'On',
                      cell: (row) => {
                        const barred = FOR_ADMINS.has(row.subject_type) && !view.can('admin');
                        const href = barred ? null : subjects.href(row);
                        const text = clip(subjects.name(row), 60);
                        return (
                          <>
                            {href === null ? (
                              <span safe>{text}</span>
                            ) : (
                              <Link href={href} text={text} />
                            )}
                            <span class="sub" safe>
                              {sentence(row.subject_type)}
                            </span>
                          </>
                        );
                      },
                    },
                    {
                      head: 'Before → after',
                      cell: (row) => <Changes row={row} subjects={subjects} />,
                    },
                  ]}
                />
              )}
              <Pager
                path="/activity"
                query={{ subject_type: type ?? '', subject_id: subjectId, cursor }}
                next={page.next_cursor}
              />
            </div>
          </>
        ),
      };
    },
  };
}
