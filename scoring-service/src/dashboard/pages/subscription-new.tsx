import { EVENT_TYPES } from '../../events/events.js';
import { Check, Field } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import type { Problem } from '../screen.js';

/** Subscribes a URL to the events that are ticked. */
export function NewSubscription({ path, problem }: { path: string; problem: Problem | null }) {
  const wanted = problem?.typed.all('events') ?? [];
  return (
    <PostForm action="create" path={path} problem={problem} label="Subscribe a URL">
      <Field
        name="url"
        label="URL"
        type="url"
        hint="http or https; private addresses are allowed."
        required
        maxlength={2000}
        problem={problem}
      />
      <fieldset>
        <legend>Events</legend>
        {problem?.fields.events === undefined ? (
          <></>
        ) : (
          <p class="error">Choose at least one kind of event.</p>
        )}
        <div class="fields">
          {EVENT_TYPES.map((type) => (
            <Check
              name="events"
              id={`event-${type.replace('.', '-')}`}
              value={type}
              label={type}
              checked={wanted.includes(type)}
            />
          ))}
        </div>
      </fieldset>
      <div>
        <button type="submit" class="primary">
          Subscribe the URL
        </button>
      </div>
    </PostForm>
  );
}
