import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { flag, id } from '../../core/fields.js';
import { pagingQuery } from '../../core/paging.js';
import { actOnTask } from '../../tasks/actions.js';
import { createTask } from '../../tasks/create.js';
import type { TaskDeps } from '../../tasks/deps.js';
import { getTask, listTasks } from '../../tasks/queries.js';
import { taskStates } from '../../tasks/rules/index.js';
import {
  actionSchemas,
  createTaskSchema,
  taskSchema,
  type ActionBody,
  type ActionName,
} from '../../tasks/task.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const task = { description: 'The task.', schema: taskSchema };
const missing = { description: 'No such task or lead.' };

const SUMMARIES: Readonly<Record<ActionName, string>> = {
  claim: 'Claim a task: one person wins',
  complete: 'Complete a task with its outcome',
  cancel: 'Cancel a task',
  snooze: 'Put a task off until a moment',
  reassign: 'Give a task to somebody else',
};

/** Callback tasks. */
export function taskRoutes(deps: TaskDeps): AnyRoute[] {
  const action = (name: ActionName): AnyRoute =>
    route({
      method: 'post',
      path: `/tasks/:id/${name}`,
      scope: 'operate',
      tag: 'Tasks',
      summary: SUMMARIES[name],
      params: idParams,
      body: actionSchemas[name] as z.ZodType,
      idempotent: true,
      responses: {
        200: task,
        404: missing,
        409: { description: '`stale_version`, `already_claimed`, `task_closed`.' },
      },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          const given = body as ActionBody<typeof name>;
          return {
            status: 200,
            body: yield* actOnTask(deps, params.id, name, given, actorOf(caller)),
          };
        }),
    });

  return [
    route({
      method: 'get',
      path: '/tasks',
      scope: 'read',
      tag: 'Tasks',
      summary: 'List callback tasks',
      query: z.object({
        ...pagingQuery,
        state: z.enum(taskStates).optional(),
        owner_id: id.optional(),
        business_id: id.optional(),
        lead_id: id.optional(),
        overdue: flag.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(taskSchema) } },
      handler: async ({ query }) => ({
        status: 200,
        body: await listTasks(deps.store, query, deps.runtime.clock.now()),
      }),
    }),
    route({
      method: 'get',
      path: '/tasks/:id',
      scope: 'read',
      tag: 'Tasks',
      summary: 'Get a task',
      params: idParams,
      responses: { 200: task, 404: missing },
      handler: async ({ params }) => ({ status: 200, body: await getTask(deps.store, params.id) }),
    }),
    route({
      method: 'post',
      path: '/tasks',
      scope: 'operate',
      tag: 'Tasks',
      summary: 'Make a task for a response lead',
      idempotent: true,
      body: createTaskSchema,
      responses: {
        201: task,
        404: missing,
        409: { description: '`task_open`: the lead has one already.' },
      },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          return { status: 201, body: yield* createTask(deps, body, actorOf(caller)) };
        }),
    }),
    ...(Object.keys(SUMMARIES) as ActionName[]).map(action),
  ];
}
