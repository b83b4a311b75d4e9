import type { Decision } from '../../leads/queries.js';
import { sentence } from '../components/format.js';
import { reasonText, triggerText } from '../components/labels.js';
import type { Names } from '../data/names.js';
import { type View, address } from '../screen.js';

export function outcomeText(decision: Decision, names: Names): string {
  if (decision.status === 'assigned') {
    return `Assigned to ${names.order(decision.order_id)} of ${names.broker(decision.broker_id)}`;
  }
  const reason = decision.reason_code === null ? '' : `: ${reasonText(decision.reason_code)}`;
  return `${sentence(decision.status)}${reason}`;
}

export function Decisions({
  decisions,
  shown,
  names,
  view,
}: {
  decisions: readonly Decision[];
  shown: Decision | undefined;
  names: Names;
  view: View;
}) {
  if (decisions.length < 2) return <></>;
  return (
    <nav aria-label="Decisions" class="sub-nav">
      <ul>
        {decisions.map((decision, at) => (
          <li>
            <a
              href={address(view.path, { decision: decision.id }) + '#audit'}
              aria-current={decision.id === shown?.id ? 'true' : undefined}
            >
              <span
                safe
              >{`Decision ${decisions.length - at}, ${triggerText(decision.trigger)}`}</span>
            </a>{' '}
            <span class="faint" safe>
              {outcomeText(decision, names)}
            </span>
          </li>
        ))}
      </ul>
    </nav>
  );
}
