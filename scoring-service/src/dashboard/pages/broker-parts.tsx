import { DEFAULT_OVERLAP_HOURS } from '../../delivery/actions/rotate-secret.js';
import type { Attempt, BrokerHealthReport } from '../../delivery/delivery-schema.js';
import type { Broker } from '../../orders/broker-schema.js';
import { Ago, Badge, Facts } from '../components/basics.js';
import { duration, sentence, whole } from '../components/format.js';
import { type View, address } from '../screen.js';

const HEALTH = {
  green: ['healthy', 'All recent deliveries arrived'],
  yellow: ['degraded', 'Some deliveries failed within a day'],
  red: ['down', 'The broker does not receive'],
} as const;

export function Health({ health, view }: { health: BrokerHealthReport; view: View }) {
  const [status, text] = HEALTH[health.health];
  return (
    <>
      <p class="head-line">
        <Badge status={status} text={text} />
        {health.deliveries_paused ? <Badge status="paused" text="Paused for this broker" /> : <></>}
        {health.all_deliveries_paused ? (
          <Badge status="paused" text="All deliveries paused" />
        ) : (
          <></>
        )}
      </p>
      <Facts
        rows={[
          ['Failures within a day', <>{whole(health.failures_24h) as 'safe'}</>],
          ['Failures in a row', <>{whole(health.consecutive_failures) as 'safe'}</>],
          ['Waiting for an attempt', <>{whole(health.waiting.pending) as 'safe'}</>],
          ['Waiting for contact hours', <>{whole(health.waiting.queued) as 'safe'}</>],
          ['Held for a workflow', <>{whole(health.waiting.held) as 'safe'}</>],
          ['Failing since', <Ago at={health.failing_since} now={view.now} />],
          ['Next attempt let through', <Ago at={health.retry_at} now={view.now} />],
        ]}
      />
      <p>
        <a href={address('/deliveries', { broker_id: health.broker_id })}>Its deliveries</a>
        {' · '}
        <a href={address('/deliveries', { broker_id: health.broker_id, status: 'failed' })}>
          Failed ones
        </a>
      </p>
    </>
  );
}

export function testText(attempt: Attempt): string {
  const answer = attempt.http_status === null ? '' : `, HTTP ${attempt.http_status}`;
  const why = attempt.error_detail === null ? '' : `: ${attempt.error_detail}`;
  return attempt.outcome === 'sent'
    ? `The test arrived (${duration(attempt.duration_ms)}${answer}).`
    : `The test did not arrive (${sentence(attempt.outcome)}${answer})${why}`;
}

/** Steps of a broker: the word of the form, who may, what it asks and does. */
export function steps(broker: Broker) {
  const active = broker.assignment_status === 'active';
  const webhook = broker.crm_webhook_url !== null;
  return [
    active
      ? {
          action: 'pause',
          scope: 'operate' as const,
          button: 'Pause',
          question: 'Pause the broker? Their orders get no more leads until they are resumed.',
          yes: 'Yes, pause them',
        }
      : {
          action: 'resume',
          scope: 'operate' as const,
          button: 'Resume',
          question: 'Resume the broker? Waiting leads are tried at once.',
          yes: 'Yes, resume them',
        },
    broker.deliveries_paused
      ? {
          action: 'resume_deliveries',
          scope: 'operate' as const,
          button: 'Resume deliveries',
          question: 'Let the waiting deliveries go?',
          yes: 'Yes, let them go',
        }
      : {
          action: 'pause_deliveries',
          scope: 'operate' as const,
          button: 'Pause deliveries',
          question:
            'Let deliveries to this broker wait? Leads are still assigned; none is dropped.',
          yes: 'Yes, let them wait',
        },
    ...(webhook
      ? [
          {
            action: 'test_webhook',
            scope: 'operate' as const,
            button: 'Test the webhook',
            question: 'Post a signed test payload to the CRM webhook URL now? It is no real lead.',
            yes: 'Yes, send the test',
          },
          {
            action: 'replay',
            scope: 'operate' as const,
            button: 'Resend failed',
            question: 'Send all deliveries again that failed within the last seven days?',
            yes: 'Yes, send them again',
          },
        ]
      : []),
    {
      action: 'rotate_secret',
      scope: 'admin' as const,
      button: 'New secret',
      question: `Make a new signing secret? The old one stays valid for ${DEFAULT_OVERLAP_HOURS} hours beside it.`,
      yes: 'Yes, make a new one',
    },
  ];
}
