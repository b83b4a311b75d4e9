import type { AppError } from '../../core/errors.js';
import type { Page } from '../screen.js';

const TITLES: Record<number, string> = {
  403: 'Not allowed',
  404: 'Not found',
  503: 'Not available right now',
};

/** What went wrong, in words, with a way on. */
export function errorPage(error: AppError): Page {
  return {
    title: TITLES[error.status] ?? 'That did not work',
    section: '',
    body: (
      <section class="part">
        <p role="alert" safe>
          {error.message}
        </p>
        <p>
          <a href="/">Back to the overview</a>
        </p>
      </section>
    ),
  };
}
