import { AppError } from '../../core/errors.js';
import { pauseProvider, resumeProvider } from '../../providers/health.js';
import { listProviders, type Provider } from '../../providers/report.js';
import { Ago, Badge, Link, Text } from '../components/basics.js';
import { Confirm } from '../components/form.js';
import { percent, sentence } from '../components/format.js';
import type { Tone } from '../components/labels.js';
import { Table } from '../components/table.js';
import { readNames, type Names } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { address, type Screen } from '../screen.js';
import { SettingsNav } from './settings.js';

const PATH = '/settings/providers';

const TITLES: Record<string, string> = {
  twilio: 'Texts (Twilio)',
  smtp: 'E-mails (SMTP)',
  openai: 'Qualification (OpenAI)',
};

const STATUS: Record<Provider['status'], readonly [string, Tone]> = {
  ok: ['Working', 'good'],
  degraded: ['Degraded', 'warn'],
  paused: ['Paused', 'warn'],
  not_configured: ['Not configured', 'calm'],
};

/** `crm:<id>` is a broker's own system, paused with the broker. */
function Name({ provider, names }: { provider: Provider; names: Names }) {
  const broker = /^crm:(.+)$/.exec(provider.name)?.[1];
  if (broker === undefined) return <span safe>{TITLES[provider.name] ?? provider.name}</span>;
  return <Link href={`/brokers/${broker}`} text={`CRM of ${names.broker(broker)}`} />;
}

/** Providers: how they do, and pausing their automation by hand. */
export function providersScreen({ store, response }: DashboardDeps): Screen {
  const { health, known, refusals } = response;

  const step = (verb: 'pause' | 'resume') => ({
    scope: 'operate' as const,
    async run(view: Parameters<Screen['show']>[0], form: { get(name: string): string }) {
      const name = form.get('name');
      if (!Object.hasOwn(known, name)) {
        throw new AppError('not_found', 404, 'There is no such provider.');
      }
      await store.unit(() =>
        verb === 'pause'
          ? pauseProvider(health, name, null, view.actor)
          : resumeProvider(health, name, view.actor),
      );
      return { goTo: address(PATH, { done: 'saved' }) };
    },
  });

  return {
    path: PATH,
    scope: 'read',
    async show(view) {
      const providers = await listProviders(store, known, refusals, view.now);
      const names = await readNames(store, {
        brokers: providers.map(({ name }) => /^crm:(.+)$/.exec(name)?.[1] ?? null),
      });
      return {
        title: 'Providers',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Table
              caption="Providers"
              rows={providers}
              columns={[
                { head: 'Provider', cell: (one) => <Name provider={one} names={names} /> },
                {
                  head: 'State',
                  cell: (one) => (
                    <>
                      <Badge
                        status={one.status}
                        text={STATUS[one.status][0]}
                        tone={STATUS[one.status][1]}
                      />
                      {one.reason === null ? (
                        <></>
                      ) : (
                        <span class="sub" safe>
                          {one.reason}
                        </span>
                      )}
                    </>
                  ),
                },
                {
                  head: 'Success',
                  numeric: true,
                  cell: (one) => (
                    <>
                      {
                        (one.success_rate === null
                          ? '–'
                          : `${percent(one.success_rate)} of ${one.calls}`) as 'safe'
                      }
                    </>
                  ),
                },
                {
                  head: 'Last success',
                  cell: (one) => <Ago at={one.last_success_at} now={view.now} />,
                },
                {
                  head: 'Last failure',
                  cell: (one) => (
                    <>
                      <Ago at={one.last_failure_at} now={view.now} />
                      {one.last_failure_code === null ? (
                        <></>
                      ) : (
                        <span class="sub" safe>
                          {sentence(one.last_failure_code)}
                        </span>
                      )}
                    </>
                  ),
                },
                {
                  head: 'Refused webhooks',
                  numeric: true,
                  cell: (one) => <Text value={one.refused_webhooks} />,
                },
                {
                  head: 'Pause or resume',
                  hiddenHead: true,
                  cell: (one) =>
                    !view.can('operate') || !Object.hasOwn(known, one.name) ? (
                      <></>
                    ) : one.status === 'paused' || one.status === 'degraded' ? (
                      <Confirm
                        action="resume"
                        path={PATH}
                        button="Resume"
                        question="End the pause? What waited goes on at once."
                        yes="Yes, resume"
                        hidden={{ name: one.name }}
                      />
                    ) : (
                      <Confirm
                        action="pause"
                        path={PATH}
                        button="Pause"
                        question="Pause its automation? Work queues up; callback tasks go on."
                        yes="Yes, pause"
                        hidden={{ name: one.name }}
                      />
                    ),
                },
              ]}
            />
          </>
        ),
      };
    },
    actions: { pause: step('pause'), resume: step('resume') },
  };
}
