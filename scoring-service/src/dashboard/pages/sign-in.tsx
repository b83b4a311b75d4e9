import type { Problem } from '../screen.js';
import type { Page } from '../screen.js';
import type { User } from '../../access/users.js';
import { attr } from '../components/attr.js';
import { Field } from '../components/fields.js';
import { PostForm } from '../components/form.js';

/** E-mail and password. */
export function signInPage(problem: Problem | null, next: string): Page {
  return {
    title: 'Sign in',
    section: '',
    bare: true,
    body: (
      <section class="part">
        <PostForm action="sign_in" path="/sign-in" problem={problem} label="Sign in">
          <input type="hidden" name="next" value={attr(next)} />
          <Field
            name="email"
            label="E-mail"
            type="email"
            required
            autocomplete="username"
            problem={problem}
          />
          <Field
            name="password"
            label="Password"
            type="password"
            required
            autocomplete="current-password"
            problem={problem}
          />
          <button type="submit" class="primary">
            Sign in
          </button>
        </PostForm>
        <p class="hint">
          No account yet, or the password is lost? Ask an admin for a link. On a new service the
          first link stands in its output.
        </p>
      </section>
    ),
  };
}

/** What the person behind a one-time link is asked: a password, and the first admin who they are. */
export function linkPage(token: string, user: User | null, problem: Problem | null): Page {
  return {
    title: user === null ? 'Make the first admin' : 'Choose a password',
    section: '',
    bare: true,
    body: (
      <section class="part">
        {user === null ? (
          <p>Nobody can sign in yet. You become the admin and can invite others in the settings.</p>
        ) : (
          <p safe>{`For ${user.name}, ${user.email}.`}</p>
        )}
        <PostForm action="use_link" path="/sign-in" problem={problem} label="Your account">
          <input type="hidden" name="link" value={attr(token)} />
          {user === null ? (
            <>
              <Field name="name" label="Name" required autocomplete="name" problem={problem} />
              <Field
                name="email"
                label="E-mail"
                type="email"
                required
                autocomplete="username"
                problem={problem}
              />
            </>
          ) : (
            <></>
          )}
          <Field
            name="password"
            label="Password"
            type="password"
            required
            hint="At least 10 characters. A few unrelated words are good."
            autocomplete="new-password"
            problem={problem}
          />
          <button type="submit" class="primary">
            {user === null ? 'Create the admin' : 'Set the password'}
          </button>
        </PostForm>
      </section>
    ),
  };
}

/** A link that no longer works. */
export function spentLinkPage(message: string): Page {
  return {
    title: 'This link no longer works',
    section: '',
    bare: true,
    body: (
      <section class="part">
        <p role="alert" safe>
          {message}
        </p>
        <p>
          <a href="/sign-in">To the sign-in</a>
        </p>
      </section>
    ),
  };
}
