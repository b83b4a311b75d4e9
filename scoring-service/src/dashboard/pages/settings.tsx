import type { Settings } from '../../settings/settings.js';
import { Badge, Facts, Section } from '../components/basics.js';
import type { DashboardDeps } from '../deps.js';
import type { Screen, View } from '../screen.js';

const TABS: readonly (readonly [path: string, text: string, scope: 'read' | 'admin'])[] = [
  ['/settings', 'Service', 'read'],
  ['/settings/businesses', 'Businesses', 'read'],
  ['/settings/staff', 'Staff', 'read'],
  ['/settings/providers', 'Providers', 'read'],
  ['/settings/keys', 'API keys', 'admin'],
  ['/settings/users', 'Users', 'admin'],
];

/** The way between the parts of the settings. */
export function SettingsNav({ view }: { view: View }) {
  const within = TABS.filter(([path]) => view.path === path || view.path.startsWith(`${path}/`));
  const current = within.at(-1)?.[0];
  return (
    <nav class="sub-nav" aria-label="Settings">
      <ul>
        {TABS.filter(([, , scope]) => view.can(scope)).map(([path, text]) => (
          <li>
            <a href={path} aria-current={path === current ? 'page' : undefined}>
              {text as 'safe'}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What of the environment is shown; secrets only as set or not set. */
const SHOWN: readonly (readonly [name: keyof Settings, text: string])[] = [
  ['TIMEZONE', 'Time zone of the service'],
  ['DEFAULT_REGION', 'Region of phone numbers without +'],
  ['PUBLIC_URL', 'Public address'],
  ['CREDIT_FLOOR', 'Credit floor'],
  ['BOOK_NOW_MIN_SCORE', 'Book now from score'],
  ['FOLLOW_UP_MIN_SCORE', 'Follow up from score'],
  ['UNASSIGNED_RETRY_MAX_AGE_HOURS', 'Waiting leads are tried again for (hours)'],
  ['REROUTE_ON_UPDATE', 'Route again after an update'],
  ['REVIEW_DELAY_HOURS', 'Review request after (hours)'],
  ['LOG_LEVEL', 'Log level'],
];

const SECRETS: readonly (readonly [name: keyof Settings, text: string])[] = [
  ['LEADLOOP_ADMIN_KEY', 'Admin API key'],
  ['TWILIO_AUTH_TOKEN', 'Twilio auth token'],
  ['OPENAI_API_KEY', 'OpenAI API key'],
  ['CALENDLY_WEBHOOK_SIGNING_KEY', 'Calendly signing key'],
  ['GHL_WEBHOOK_SECRET', 'GoHighLevel webhook secret'],
  ['SMTP_URL', 'Mail server'],
];

function valueOf(settings: Settings, name: keyof Settings): string {
  const value = settings[name];
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'not set';
}

/** The service's settings as the environment fixes them. */
export function settingsScreen({ settings, version }: DashboardDeps): Screen {
  return {
    path: '/settings',
    scope: 'read',
    show(view) {
      return Promise.resolve({
        title: 'Settings',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section
              title="Service"
              id="service"
              aside={<span class="faint" safe>{`Version ${version}`}</span>}
            >
              <p class="hint">
                These values come from the environment and are locked here. To change one, set its
                variable and start the service again.
              </p>
              <Facts
                rows={SHOWN.map(([name, text]) => [
                  text,
                  <>
                    <span safe>{valueOf(settings, name)}</span>
                    <code class="sub">{name as 'safe'}</code>
                  </>,
                ])}
              />
            </Section>
            <Section title="Secrets" id="secrets">
              <p class="hint">Only whether they are set; their values are shown nowhere.</p>
              <Facts
                rows={SECRETS.map(([name, text]) => [
                  text,
                  <>
                    <Badge
                      status={settings[name] === undefined ? 'unset' : 'set'}
                      text={settings[name] === undefined ? 'Not set' : 'Set'}
                      tone={settings[name] === undefined ? 'calm' : 'good'}
                    />
                    <code class="sub">{name as 'safe'}</code>
                  </>,
                ])}
              />
            </Section>
          </>
        ),
      });
    },
  };
}
