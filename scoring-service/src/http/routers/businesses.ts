import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import {
  businessSchema,
  createBusinessSchema,
  updateBusinessSchema,
} from '../../businesses/business-schema.js';
import { createBusiness, updateBusiness } from '../../businesses/businesses.js';
import type { BusinessesDeps } from '../../businesses/deps.js';
import {
  getBusiness,
  getOwnershipRules,
  getStaff,
  listBusinesses,
  listStaff,
} from '../../businesses/queries.js';
import { createStaff, putOwnershipRules, updateStaff } from '../../businesses/staff.js';
import {
  createStaffSchema,
  ownershipRulesSchema,
  putOwnershipRulesSchema,
  staffSchema,
  updateStaffSchema,
} from '../../businesses/staff-schema.js';
import { flag, id } from '../../core/fields.js';
import { pagingQuery } from '../../core/paging.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const business = { description: 'The business.', schema: businessSchema };
const member = { description: 'The member of staff.', schema: staffSchema };
const rules = { description: 'The table of rules.', schema: ownershipRulesSchema };
const missing = { description: 'No such resource.' };
const stale = { description: '`stale_version`: it was changed since you read it.' };

/** Businesses, their staff and who owns which task. */
export function businessRoutes(deps: BusinessesDeps): AnyRoute[] {
  const { store } = deps;
  const locked = Object.keys(deps.environment);
  return [
    route({
      method: 'get',
      path: '/businesses',
      scope: 'read',
      tag: 'Businesses',
      summary: 'List businesses',
      query: z.object(pagingQuery),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(businessSchema) } },
      handler: async ({ query }) => ({
        status: 200,
        body: await listBusinesses(store, query, locked),
      }),
    }),
    route({
      method: 'post',
      path: '/businesses',
      scope: 'admin',
      tag: 'Businesses',
      summary: 'Create a business',
      idempotent: true,
      body: createBusinessSchema,
      responses: {
        201: business,
        409: { description: '`phone_taken`, `location_taken`.' },
      },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          return { status: 201, body: yield* createBusiness(deps, body, actorOf(caller)) };
        }),
    }),
    route({
      method: 'get',
      path: '/businesses/:id',
      scope: 'read',
      tag: 'Businesses',
      summary: 'Get a business',
      params: idParams,
      responses: { 200: business, 404: missing },
      handler: async ({ params }) => ({
        status: 200,
        body: await getBusiness(store, params.id, locked),
      }),
    }),
    route({
      method: 'patch',
      path: '/businesses/:id',
      scope: 'admin',
      tag: 'Businesses',
      summary: 'Change a business',
      description:
        'Send the `version` last read. Absent fields stay; null clears what may be empty. Fields in `locked` are set by environment variables.',
      params: idParams,
      body: updateBusinessSchema,
      blanks: 'kept',
      responses: {
        200: business,
        404: missing,
        409: { description: '`stale_version`, `set_by_environment`, `phone_taken`.' },
      },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          return {
            status: 200,
            body: yield* updateBusiness(deps, params.id, body, actorOf(caller)),
          };
        }),
    }),
    ...staffRoutes(deps),
    route({
      method: 'get',
      path: '/ownership-rules',
      scope: 'read',
      tag: 'Businesses',
      summary: 'Who owns which task',
      query: z.object({ business_id: id.optional() }),
      responses: { 200: rules, 404: missing },
      handler: async ({ query }) => ({
        status: 200,
        body: await getOwnershipRules(store, query.business_id),
      }),
    }),
    route({
      method: 'put',
      path: '/ownership-rules',
      scope: 'admin',
      tag: 'Businesses',
      summary: 'Replace the table of who owns which task',
      description:
        'Read from top to bottom: the first rule whose service and area fit, and whose owner is on duty, decides.',
      body: putOwnershipRulesSchema,
      blanks: 'kept',
      responses: { 200: rules, 404: missing, 409: stale },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          return { status: 200, body: yield* putOwnershipRules(deps, body, actorOf(caller)) };
        }),
    }),
  ];
}

function staffRoutes(deps: BusinessesDeps): AnyRoute[] {
  const { store } = deps;
  return [
    route({
      method: 'get',
      path: '/staff',
      scope: 'read',
      tag: 'Businesses',
      summary: 'List staff',
      query: z.object({ ...pagingQuery, business_id: id.optional(), on_duty: flag.optional() }),
      responses: { 200: { description: 'Oldest first.', schema: pageSchema(staffSchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listStaff(store, query) }),
    }),
    route({
      method: 'post',
      path: '/staff',
      scope: 'admin',
      tag: 'Businesses',
      summary: 'Add a member of staff',
      description: 'The first of a business becomes the default owner of its tasks.',
      idempotent: true,
      body: createStaffSchema,
      responses: { 201: member, 404: missing },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          return { status: 201, body: yield* createStaff(deps, body, actorOf(caller)) };
        }),
    }),
    route({
      method: 'get',
      path: '/staff/:id',
      scope: 'read',
      tag: 'Businesses',
      summary: 'Get a member of staff',
      params: idParams,
      responses: { 200: member, 404: missing },
      handler: async ({ params }) => ({ status: 200, body: await getStaff(store, params.id) }),
    }),
    route({
      method: 'patch',
      path: '/staff/:id',
      scope: 'admin',
      tag: 'Businesses',
      summary: 'Change a member of staff',
      params: idParams,
      body: updateStaffSchema,
      blanks: 'kept',
      responses: { 200: member, 404: missing, 409: stale },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          return { status: 200, body: yield* updateStaff(deps, params.id, body, actorOf(caller)) };
        }),
    }),
  ];
}
