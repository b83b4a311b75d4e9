import type { Delivery } from '../../delivery/delivery-schema.js';
import type { View } from '../screen.js';
import { Ago, Badge, Moment, Text } from './basics.js';
import { duration, sentence } from './format.js';
import { Table } from './table.js';

/** What happens next to a delivery, or when it was done. */
export function DeliveryNext({ delivery, view }: { delivery: Delivery; view: View }) {
  const at = delivery.next_attempt_at ?? delivery.release_at;
  if (delivery.status === 'sent') {
    return (
      <>
        Sent <Ago at={delivery.sent_at} now={view.now} />
      </>
    );
  }
  if (delivery.status === 'failed') {
    return (
      <>
        Gave up <Ago at={delivery.failed_at} now={view.now} />
      </>
    );
  }
  if (delivery.status === 'cancelled') return <span class="faint">Nothing more</span>;
  if (at === null) return <span class="faint">No time yet</span>;
  if (Date.parse(at) <= view.now) return <>Next try now</>;
  return (
    <>
      Next try <Ago at={at} now={view.now} />
    </>
  );
}

/** Every attempt of a delivery, newest first. */
export function Attempts({ delivery, view }: { delivery: Delivery; view: View }) {
  if (delivery.attempts.length === 0) return <p class="faint">No attempt yet.</p>;
  return (
    <Table
      caption="Attempts, newest first"
      rows={[...delivery.attempts].reverse()}
      columns={[
        { head: 'At', cell: (attempt) => <Moment at={attempt.at} timezone={view.timezone} /> },
        {
          head: 'Outcome',
          cell: (attempt) => (
            <Badge
              status={attempt.outcome === 'sent' ? 'sent' : 'failed'}
              text={sentence(attempt.outcome)}
            />
          ),
        },
        { head: 'HTTP', numeric: true, cell: (attempt) => <Text value={attempt.http_status} /> },
        {
          head: 'Took',
          numeric: true,
          cell: (attempt) => <>{duration(attempt.duration_ms) as 'safe'}</>,
        },
        { head: 'Why', cell: (attempt) => <Text value={attempt.error_detail} /> },
        { head: 'Response', cell: (attempt) => <Text value={attempt.response_excerpt} /> },
      ]}
    />
  );
}
