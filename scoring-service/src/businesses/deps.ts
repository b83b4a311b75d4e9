import type { Runtime } from '../core/clock.js';
import type { Store } from '../db/store.js';
import type { Business } from './business-schema.js';

/** What the environment says of the default business; absent = not set there. */
export type EnvironmentBusiness = Partial<
  Pick<
    Business,
    'name' | 'phones' | 'timezone' | 'hours' | 'callback_number' | 'booking_url' | 'review_url'
  >
>;

export interface BusinessesDeps {
  store: Store;
  runtime: Runtime;
  /** Zone of a business that names none. */
  timezone: string;
  /** Region of numbers written without a country code. */
  defaultRegion: string;
  environment: EnvironmentBusiness;
}
