import type { Order } from '../../orders/order-schema.js';
import type { OrderAction } from '../../orders/orders.js';
import { Confirm } from '../components/form.js';
import type { View } from '../screen.js';

export interface Step {
  verb: OrderAction;
  button: string;
  question: string;
  yes: string;
  from: readonly Order['status'][];
  scope: 'operate' | 'admin';
  danger?: boolean;
  done: string;
}

export const STEPS: readonly Step[] = [
  {
    verb: 'pause',
    button: 'Pause',
    question: 'Pause the order? It gets no more leads until it is resumed.',
    yes: 'Yes, pause it',
    from: ['active'],
    scope: 'operate',
    done: 'order_paused',
  },
  {
    verb: 'resume',
    button: 'Resume',
    question: 'Resume the order? It gets leads again, and waiting ones are tried at once.',
    yes: 'Yes, resume it',
    from: ['paused', 'completed'],
    scope: 'operate',
    done: 'order_resumed',
  },
  {
    verb: 'complete',
    button: 'Complete',
    question: 'Complete the order by hand? A new month does not open it again; resuming does.',
    yes: 'Yes, complete it',
    from: ['active', 'paused'],
    scope: 'admin',
    danger: true,
    done: 'order_completed',
  },
  {
    verb: 'cancel',
    button: 'Cancel',
    question: 'Cancel the order for good? It can be neither resumed nor changed afterwards.',
    yes: 'Yes, cancel it for good',
    from: ['active', 'paused', 'completed'],
    scope: 'admin',
    danger: true,
    done: 'order_cancelled',
  },
];

export function Steps({ order, view }: { order: Order; view: View }) {
  const steps = STEPS.filter((step) => step.from.includes(order.status) && view.can(step.scope));
  return (
    <div class="head-line" role="group" aria-label="What can be done">
      {steps.map(({ verb, button, question, yes, danger }) => (
        <Confirm
          action={verb}
          path={`/orders/${order.id}`}
          button={button}
          question={question}
          yes={yes}
          danger={danger}
        />
      ))}
    </div>
  );
}
