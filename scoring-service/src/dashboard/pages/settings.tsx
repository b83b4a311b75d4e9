import type { Settings } from '../../settings/settings.js';
import { Badge, Facts, Section } from '../components/basics.js';
import { duration } from '../components/format.js';
import { SubNav } from '../components/sub-nav.js';
import type { DashboardDeps } from '../deps.js';
import type { Screen, View } from '../screen.js';

const TABS: readonly (readonly [path: string, text: string, scope: 'read' | 'admin'])[] = [
  ['/settings', 'Service', 'read'],
  ['/settings/thresholds', 'Thresholds', 'read'],
  ['/settings/businesses', 'Businesses', 'read'],
  ['/settings/staff', 'Staff', 'read'],
  ['/settings/forms', 'Forms', 'admin'],
  ['/settings/providers', 'Providers', 'read'],
  ['/settings/subscriptions', 'Subscriptions', 'read'],
  ['/settings/keys', 'API keys', 'admin'],
  ['/settings/users', 'Users', 'admin'],
];

/** The way between the parts of the settings. */
export function SettingsNav({ view }: { view: View }) {
  const within = TABS.filter(([path]) => view.path === path || view.path.startsWith(`${path}/`));
  const current = within.at(-1)?.[0];
  const items = TABS.filter(([, , scope]) => view.can(scope)).map(([href, text]) => ({
    href,
    text,
    current: href === current,
  }));
  return <SubNav label="Settings" items={items} />;
}

/** What of the environment is shown; secrets only as set or not set. */
const SHOWN: readonly (readonly [name: keyof Settings & string, text: string])[] = [
  ['PUBLIC_URL', 'Public address'],
  ['HOST', 'Address it listens on'],
  ['PORT', 'Port'],
  ['TRUST_PROXY', 'Proxies it trusts'],
  ['TIMEZONE', 'Time zone of the service'],
  ['DEFAULT_REGION', 'Region of phone numbers without +'],
  ['REROUTE_ON_UPDATE', 'Route again after an update'],
  ['DELIVERY_RETRY_DELAYS', 'Before each attempt it waits'],
  ['DELIVERY_TIMEOUT_SECONDS', 'Time limit of an attempt (seconds)'],
  ['DELIVERY_CONCURRENCY', 'Attempts at once'],
  ['DELIVERY_BROKER_CONCURRENCY', 'Attempts at once for one broker'],
  ['DELIVERY_FAILING_ALERT_HOURS', 'Alert when a broker fails for (hours)'],
  ['DELIVERY_PAUSE_FAILING_ORDERS', 'Then pause the broker’s orders'],
  ['OPENAI_MODEL', 'Model that qualifies'],
  ['OPENAI_TIMEOUT_SECONDS', 'Time limit of a question to it (seconds)'],
  ['EVENTS_RETENTION_DAYS', 'Events are kept for (days)'],
  ['LEADS_RETENTION_DAYS', 'Personal data of leads is kept for (days)'],
  ['ROUTING_LOGS_RETENTION_DAYS', 'Routing logs are kept for (days)'],
  ['ACTIVITY_RETENTION_DAYS', 'Activity is kept for (days)'],
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
  if (name === 'DELIVERY_RETRY_DELAYS') {
    return settings[name].map((ms) => (ms === 0 ? 'nothing' : duration(ms))).join(', ');
  }
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
                These values are read once at the start. To change one, set the variable of its name
                and start the service again; take the variable away for the default.
              </p>
              <Facts
                rows={SHOWN.map(([name, text]) => [
                  text,
                  <>
                    <span safe>{valueOf(settings, name)}</span>{' '}
                    <span class="faint">
                      {(settings.given.has(name) ? '(set)' : '(default)') as 'safe'}
                    </span>
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
