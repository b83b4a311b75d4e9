import { makePasswordLink } from '../../access/sign-in-links.js';
import {
  changeUser,
  createUser,
  listUsers,
  newUserSchema,
  role,
  type User,
} from '../../access/users.js';
import { ROLES } from '../../db/tables/users.js';
import { Ago, Badge, Section } from '../components/basics.js';
import { Field, Select } from '../components/fields.js';
import { Confirm, PostForm } from '../components/form.js';
import { SecretOnce } from '../components/secret.js';
import { Table } from '../components/table.js';
import type { DashboardDeps } from '../deps.js';
import { check, pick } from '../form.js';
import { address, problemOf, type Page, type Screen, type View } from '../screen.js';
import { SettingsNav } from './settings.js';

const ROLE_TEXTS: Record<(typeof ROLES)[number], string> = {
  admin: 'Admin: everything',
  agent: 'Agent: assign, pause, retry, tasks',
  viewer: 'Viewer: sees everything, changes nothing',
};

const ROLE_OPTIONS = ROLES.map((one) => [one, ROLE_TEXTS[one]] as const);

function stateOf(user: User): string {
  if (user.disabled_at !== null) return 'disabled';
  return user.has_password ? 'active' : 'invited';
}

/** People who sign in: invited by a link that is shown once, given a role, let in or not. */
export function usersScreen(deps: DashboardDeps): Screen {
  const { store, settings } = deps;

  /** Links are for another browser, so they are whole addresses. */
  const linkPage = (view: View, user: Pick<User, 'name'>, token: string): Page => ({
    title: 'Users',
    section: '/settings',
    body: (
      <SecretOnce
        title={`A link for ${user.name}`}
        text="It works once, for a day, and is shown only now. Hand it to them; with it they choose a password."
        secret={`${settings.PUBLIC_URL?.replace(/\/$/, '') ?? view.origin}${address('/sign-in', { link: token })}`}
        back="/settings/users"
      />
    ),
  });

  return {
    path: '/settings/users',
    scope: 'admin',
    async show(view) {
      const users = await listUsers(store);
      const problem = problemOf(view, 'invite');
      return {
        title: 'Users',
        section: '/settings',
        body: (
          <>
            <SettingsNav view={view} />
            <Section title="Invite somebody" id="invite">
              <PostForm
                action="invite"
                path="/settings/users"
                problem={problem}
                label="Invite somebody"
              >
                <div class="fields">
                  <Field name="name" label="Name" required maxlength={200} problem={problem} />
                  <Field name="email" label="E-mail" type="email" required problem={problem} />
                  <Select
                    name="role"
                    label="Role"
                    value="agent"
                    options={ROLE_OPTIONS}
                    problem={problem}
                  />
                </div>
                <div>
                  <button type="submit" class="primary">
                    Make the link
                  </button>
                </div>
              </PostForm>
            </Section>
            <Section title="Users" id="users">
              <Table
                caption="Users, by name"
                rows={users}
                columns={[
                  {
                    head: 'Name',
                    cell: (user) => (
                      <>
                        <bdi safe>{user.name}</bdi>
                        <span class="sub">
                          <bdi safe>{user.email}</bdi>
                        </span>
                      </>
                    ),
                  },
                  { head: 'State', cell: (user) => <Badge status={stateOf(user)} /> },
                  {
                    head: 'Role',
                    cell: (user) => (
                      <PostForm
                        action="change_role"
                        path="/settings/users"
                        class="inline"
                        label={`Role of ${user.name}`}
                      >
                        <input type="hidden" name="user_id" value={user.id} />
                        <Select
                          name="role"
                          id={`role-${user.id}`}
                          label="Role"
                          value={user.role}
                          options={ROLES.map((one) => [one, one] as const)}
                        />
                        <button type="submit">Save</button>
                      </PostForm>
                    ),
                  },
                  {
                    head: 'Last sign-in',
                    cell: (user) => <Ago at={user.last_sign_in_at} now={view.now} />,
                  },
                  {
                    head: 'Access',
                    cell: (user) => (
                      <div class="buttons">
                        {user.disabled_at === null ? (
                          <>
                            <Confirm
                              action="new_link"
                              path="/settings/users"
                              button="New link"
                              question={`Make a new link for ${user.name}? With it they choose a new password.`}
                              yes="Yes, make it"
                              hidden={{ user_id: user.id }}
                            />
                            <Confirm
                              action="disable"
                              path="/settings/users"
                              button="Disable"
                              question={`Keep ${user.name} out? Their sessions end at once.`}
                              yes="Yes, keep them out"
                              danger
                              hidden={{ user_id: user.id }}
                            />
                          </>
                        ) : (
                          <Confirm
                            action="enable"
                            path="/settings/users"
                            button="Enable"
                            question={`Let ${user.name} in again?`}
                            yes="Yes, let them in"
                            hidden={{ user_id: user.id }}
                          />
                        )}
                      </div>
                    ),
                  },
                ]}
              />
            </Section>
          </>
        ),
      };
    },
    actions: {
      invite: {
        scope: 'admin',
        async run(view, form) {
          const input = check(newUserSchema, pick(form, ['name', 'email', 'role']));
          const made = await store.unit(function* () {
            const user = yield* createUser(deps, input, view.actor);
            return { user, token: yield* makePasswordLink(deps, user.id, view.actor) };
          });
          return { page: linkPage(view, made.user, made.token) };
        },
      },
      new_link: {
        scope: 'admin',
        async run(view, form) {
          const id = form.get('user_id');
          const token = await store.unit(() => makePasswordLink(deps, id, view.actor));
          const user = (await listUsers(store)).find((one) => one.id === id);
          return { page: linkPage(view, { name: user?.name ?? 'the user' }, token) };
        },
      },
      change_role: {
        scope: 'admin',
        async run(view, form) {
          const change = { role: check(role, form.get('role')) };
          await store.unit(() => changeUser(deps, form.get('user_id'), change, view.actor));
          return { goTo: address('/settings/users', { done: 'user_changed' }) };
        },
      },
      disable: {
        scope: 'admin',
        async run(view, form) {
          const id = form.get('user_id');
          await store.unit(() => changeUser(deps, id, { disabled: true }, view.actor));
          return { goTo: address('/settings/users', { done: 'user_changed' }) };
        },
      },
      enable: {
        scope: 'admin',
        async run(view, form) {
          const id = form.get('user_id');
          await store.unit(() => changeUser(deps, id, { disabled: false }, view.actor));
          return { goTo: address('/settings/users', { done: 'user_changed' }) };
        },
      },
    },
  };
}
