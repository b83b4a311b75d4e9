import type { Appointment } from '../../appointments/appointment-schema.js';
import type { View } from '../screen.js';
import { Ago, Badge, Moment } from './basics.js';
import { sentence } from './format.js';

/** What a kept appointment means for the request for a review, as far as it is known. */
export function reviewOnCompletion({ review_request: review }: Appointment, now: number): string {
  if (review.status === 'cancelled') return 'No review is asked for.';
  if (review.status !== 'scheduled') {
    return `The request for a review is ${sentence(review.status).toLowerCase()} already.`;
  }
  return Date.parse(review.scheduled_for) > now
    ? 'The request for a review stays planned.'
    : 'The request for a review is decided at once: it goes out if it is permitted.';
}

/** The request for a review that follows an appointment: when it goes, or what came of it. */
export function Review({ appointment, view }: { appointment: Appointment; view: View }) {
  const { review_request: review, status } = appointment;
  if (review.status === 'cancelled') {
    const why =
      status === 'scheduled' || status === 'completed' ? 'it is too long ago' : 'not kept';
    return (
      <>
        <Badge status="cancelled" text="Not asked" /> <span class="faint">{why as 'safe'}</span>
      </>
    );
  }
  if (review.status === 'scheduled') {
    return Date.parse(review.scheduled_for) > view.now ? (
      <>
        Goes out <Moment at={review.scheduled_for} timezone={view.timezone} />{' '}
        <span class="faint">
          (<Ago at={review.scheduled_for} now={view.now} />
          ), if it is permitted then
        </span>
      </>
    ) : (
      <>Is being decided now</>
    );
  }
  return (
    <>
      <Badge status={review.status} />{' '}
      <span class="faint" safe>
        {review.reason_code === null ? '' : sentence(review.reason_code)}
      </span>
    </>
  );
}
