import type { Delivery } from '../../delivery/delivery-schema.js';
import { Badge, Empty, Link } from '../components/basics.js';
import { Attempts, DeliveryNext } from '../components/delivery-list.js';
import { Confirm } from '../components/form.js';
import { sentence } from '../components/format.js';
import type { Names } from '../data/names.js';
import type { View } from '../screen.js';

export function Deliveries({
  deliveries,
  names,
  view,
}: {
  deliveries: readonly Delivery[];
  names: Names;
  view: View;
}) {
  if (deliveries.length === 0) {
    return (
      <Empty title="Nothing is delivered for this lead.">
        <p>
          A lead is delivered once it is assigned to an order whose <a href="/brokers">broker</a>{' '}
          has a CRM webhook URL.
        </p>
      </Empty>
    );
  }
  return (
    <>
      {deliveries.map((delivery) => (
        <article class="part" aria-label="Delivery">
          <div class="head-line">
            <Badge status={delivery.status} />
            <span>
              to{' '}
              <Link
                href={`/brokers/${delivery.broker_id}`}
                text={names.broker(delivery.broker_id)}
              />
            </span>
            {delivery.reason_code === null ? (
              <></>
            ) : (
              <span class="faint" safe>
                {sentence(delivery.reason_code)}
              </span>
            )}
            <span class="faint">
              <DeliveryNext delivery={delivery} view={view} />
            </span>
            {view.can('operate') && ['failed', 'pending', 'queued'].includes(delivery.status) ? (
              <Confirm
                action="retry_delivery"
                path={`/leads/${delivery.lead_id}`}
                button="Retry"
                question="Send this delivery again now? The broker recognises a repeat by its id."
                yes="Yes, send it again"
                hidden={{ delivery_id: delivery.id }}
              />
            ) : (
              <></>
            )}
          </div>
          <Attempts delivery={delivery} view={view} />
        </article>
      ))}
    </>
  );
}
