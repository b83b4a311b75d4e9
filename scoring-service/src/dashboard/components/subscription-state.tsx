import type { Subscription } from '../../subscriptions/subscription-schema.js';
import type { View } from '../screen.js';
import { Ago, Badge } from './basics.js';
import { sentence } from './format.js';

/** How a subscription does: ended, paused, failing since when and how, or well. */
export function SubscriptionState({
  subscription,
  view,
}: {
  subscription: Subscription;
  view: View;
}) {
  const { status, end_reason, paused_at, failing_since, last_failure } = subscription;
  if (status === 'ended') {
    return (
      <>
        <Badge status="ended" />
        <span class="sub">
          {end_reason === 'gone' ? 'Its receiver answered 410' : 'It was for a test URL'}
        </span>
      </>
    );
  }
  return (
    <>
      {paused_at === null ? (
        <Badge
          status={failing_since === null ? 'active' : 'failing'}
          tone={failing_since === null ? 'good' : 'bad'}
        />
      ) : (
        <Badge status="paused" />
      )}
      {paused_at === null ? (
        <></>
      ) : (
        <span class="sub">
          since <Ago at={paused_at} now={view.now} />
        </span>
      )}
      {failing_since === null ? (
        <></>
      ) : (
        <span class="sub">
          failing since <Ago at={failing_since} now={view.now} />
          <span safe>{last_failure === null ? '' : `: ${sentence(last_failure)}`}</span>
        </span>
      )}
    </>
  );
}
