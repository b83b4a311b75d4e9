import { Section } from './basics.js';

/** A secret that is seen this once. */
export function SecretOnce({
  title,
  text,
  secret,
  back,
}: {
  title: string;
  text: string;
  secret: string;
  back: string;
}) {
  return (
    <Section title={title} id="secret">
      <p role="alert" safe>
        {text}
      </p>
      <p class="secret">
        <code safe>{secret}</code>
      </p>
      <p>
        <a class="button primary" href={back}>
          I have kept it
        </a>
      </p>
    </Section>
  );
}
