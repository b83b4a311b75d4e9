import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { pagingQuery } from '../../core/paging.js';
import { createFormSchema, formSchema, updateFormSchema } from '../../forms/form-schema.js';
import { createForm, getForm, listForms, updateForm, type FormsDeps } from '../../forms/forms.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const form = { description: 'The form; its secret is never shown.', schema: formSchema };
const missing = { description: 'No such form, or no such business.' };

/** The registry of web forms. */
export function formRoutes(deps: FormsDeps): AnyRoute[] {
  const { store } = deps;
  return [
    route({
      method: 'get',
      path: '/forms',
      scope: 'admin',
      tag: 'Forms',
      summary: 'List registered forms',
      query: z.object(pagingQuery),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(formSchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listForms(store, query) }),
    }),
    route({
      method: 'post',
      path: '/forms',
      scope: 'admin',
      tag: 'Forms',
      summary: 'Register a form',
      idempotent: true,
      body: createFormSchema,
      responses: { 201: form, 404: missing, 409: { description: '`form_taken`.' } },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          return { status: 201, body: yield* createForm(deps, body, actorOf(caller)) };
        }),
    }),
    route({
      method: 'get',
      path: '/forms/:id',
      scope: 'admin',
      tag: 'Forms',
      summary: 'Get a form',
      params: idParams,
      responses: { 200: form, 404: missing },
      handler: async ({ params }) => ({ status: 200, body: await getForm(store, params.id) }),
    }),
    route({
      method: 'patch',
      path: '/forms/:id',
      scope: 'admin',
      tag: 'Forms',
      summary: 'Change a form',
      params: idParams,
      body: updateFormSchema,
      blanks: 'kept',
      responses: { 200: form, 404: missing, 409: { description: '`stale_version`.' } },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          return { status: 200, body: yield* updateForm(deps, params.id, body, actorOf(caller)) };
        }),
    }),
  ];
}
