import { listAppointments, type AppointmentFilter } from '../../appointments/queries.js';
import { AppointmentTable } from '../components/appointment-table.js';
import { Empty } from '../components/basics.js';
import { Pager } from '../components/pager.js';
import { SubNav } from '../components/sub-nav.js';
import { leadTitles } from '../data/lead-titles.js';
import type { DashboardDeps } from '../deps.js';
import { address, type Screen } from '../screen.js';

const PATH = '/appointments';
const PER_PAGE = 50;

const VIEWS = {
  upcoming: 'Upcoming',
  unsettled: 'No outcome yet',
  past: 'Past',
  completed: 'Completed',
  no_show: 'No show',
  cancelled: 'Cancelled',
} as const;
type ViewName = keyof typeof VIEWS;

function filterOf(name: ViewName, now: number): Omit<AppointmentFilter, 'limit'> {
  switch (name) {
    case 'upcoming':
      return { status: 'scheduled', since: now, order: 'soonest' };
    case 'unsettled':
      return { status: 'scheduled', until: now, order: 'latest' };
    case 'past':
      return { until: now, order: 'latest' };
    case 'completed':
    case 'no_show':
    case 'cancelled':
      return { status: name, order: 'latest' };
  }
}

/** Appointments by when they are: what comes, what was, and what nobody has said the end of. */
export function appointmentsScreen({ store }: DashboardDeps): Screen {
  return {
    path: PATH,
    scope: 'read',
    async show(view) {
      const name = (Object.keys(VIEWS).find((one) => one === view.query.get('view')) ??
        'upcoming') as ViewName;
      const cursor = view.query.get('cursor');
      const page = await listAppointments(store, {
        ...filterOf(name, view.now),
        limit: PER_PAGE,
        cursor: cursor || undefined,
      });
      const titles = await leadTitles(
        store,
        page.data.map(({ lead_id: leadId }) => leadId),
      );
      const query = { view: name === 'upcoming' ? '' : name };
      return {
        title: 'Appointments',
        section: PATH,
        body: (
          <>
            <SubNav
              label="Which appointments"
              items={Object.entries(VIEWS).map(([value, text]) => ({
                href: address(PATH, { view: value === 'upcoming' ? '' : value }),
                text,
                current: value === name,
              }))}
            />
            {page.data.length === 0 ? (
              <Empty
                title={
                  name === 'upcoming'
                    ? 'No appointment is coming up.'
                    : 'There is no such appointment.'
                }
              >
                <p>
                  Bookings at Calendly come here by themselves. Others are booked on the page of
                  their <a href={address('/leads', { status: 'open' })}>lead</a>.
                </p>
              </Empty>
            ) : (
              <AppointmentTable
                appointments={page.data}
                titles={titles}
                view={view}
                caption={`Appointments: ${VIEWS[name]}`}
              />
            )}
            <Pager path={PATH} query={{ ...query, cursor }} next={page.next_cursor} />
          </>
        ),
      };
    },
  };
}
