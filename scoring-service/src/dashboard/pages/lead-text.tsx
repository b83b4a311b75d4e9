import type { Message } from '../../messaging/message.js';
import type { Permission } from '../../messaging/rules/index.js';
import { Badge, Facts, Moment, Notice, Section, Text } from '../components/basics.js';
import { Checks } from '../components/checks.js';
import { TextArea } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { sentence } from '../components/format.js';
import type { Tone } from '../components/labels.js';
import { problemOf, type View } from '../screen.js';

const QUIET =
  'It is a quiet hour where they are. A text that a person writes goes out all the same: better wait, or call.';

/** What a decision means, in a sentence. */
function decisionText({ outcome, reason_code: code, checks }: Permission): readonly [string, Tone] {
  const why = checks.find((one) => one.code === code);
  const reason = why === undefined ? '' : ` ${sentence(why.code)}: ${why.detail}.`;
  switch (outcome) {
    case 'send':
      return ['It may be sent now.', 'good'];
    case 'queue':
      return [`It would wait until texts go out again.${reason}`, 'warn'];
    case 'defer':
      return [`It would be sent later.${reason}`, 'warn'];
    case 'deny':
      return [`No text may be sent to this lead now.${reason}`, 'bad'];
  }
}

/** A text to a lead: whether it may go, with every reason, and the form when it may. */
export function TextForm({
  leadId,
  to,
  permission,
  view,
}: {
  leadId: string;
  to: string | null;
  permission: Permission;
  view: View;
}) {
  const problem = problemOf(view, 'text');
  const [text, tone] = decisionText(permission);
  return (
    <Section title="Write a text" id="text">
      <Notice tone={tone} text={text} />
      {permission.warnings.includes('quiet_hours') ? <Notice tone="warn" text={QUIET} /> : <></>}
      <Checks message={permission} />
      {permission.outcome === 'deny' ? (
        <p class="hint">
          Somebody may be on the <a href="/messages/suppressions">suppression list</a>, or{' '}
          <a href="/settings/providers">texts</a> may not be set up. A callback task is the other
          way.
        </p>
      ) : (
        <PostForm action="text" path={`/leads/${leadId}`} problem={problem} label="Write a text">
          <TextArea
            name="body"
            label={`Text to ${to ?? 'the lead'}`}
            hint="At most 1600 characters; goes out once, as it stands."
            rows={4}
            required
            problem={problem}
          />
          <div>
            <button type="submit" class="primary">
              Send the text
            </button>
          </div>
        </PostForm>
      )}
    </Section>
  );
}

/** What was decided of a text that somebody has just written. */
export function TextDecided({ message, view }: { message: Message; view: View }) {
  return (
    <Section title="The text" id="message" aside={<Badge status={message.status} />}>
      {message.warnings.includes('quiet_hours') ? <Notice tone="warn" text={QUIET} /> : <></>}
      <Facts
        rows={[
          ['To', <Text value={message.to} />],
          ['Text', <Text value={message.body} />],
          [
            'Why not at once',
            <Text value={message.reason_code === null ? null : sentence(message.reason_code)} />,
          ],
          ['Sent', <Moment at={message.sent_at} timezone={view.timezone} />],
        ]}
      />
      <Checks message={message} open />
    </Section>
  );
}
