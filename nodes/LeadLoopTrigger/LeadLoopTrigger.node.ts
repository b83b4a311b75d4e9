import { randomUUID } from 'node:crypto';

import {
  NodeApiError,
  NodeOperationError,
  type IDataObject,
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
  type JsonObject,
} from 'n8n-workflow';

import { ONE } from '../shared/connections';
import { connect } from '../shared/client';
import { asFailure } from '../shared/failure';
import { eventOptions } from './events';
import { verifySignature } from './signature';
import {
  forget,
  listSubscriptions,
  remember,
  remembered,
  sameEvents,
  secretsOf,
  subscribe,
  unsubscribe,
} from './subscriptions';

const chosenEvents = (context: IHookFunctions): string[] =>
  context.getNodeParameter('events', []) as string[];

function urlOf(context: IHookFunctions): string {
  const url = context.getNodeWebhookUrl('default');
  if (url !== undefined) return url;
  throw new NodeOperationError(context.getNode(), 'n8n gave this trigger no webhook address');
}

/** A failed call as an error of the node, for which the workflow is not activated. */
function inWords(context: IHookFunctions, error: unknown): NodeApiError {
  const { what, advice, status } = asFailure(error);
  return new NodeApiError(context.getNode(), { message: what } as JsonObject, {
    message: what,
    description: advice,
    httpCode: status === null ? undefined : String(status),
  });
}

export class LeadLoopTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'LeadLoop Trigger',
    name: 'leadLoopTrigger',
    icon: { light: 'file:leadLoopTrigger.svg', dark: 'file:leadLoopTrigger.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{ $parameter["events"].join(", ") }}',
    description: 'Start a workflow when something happens in LeadLoop',
    defaults: { name: 'LeadLoop Trigger' },
    inputs: [],
    outputs: ONE,
    credentials: [{ name: 'leadLoopApi', required: true }],
    webhooks: [
      { name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
    ],
    properties: [
      {
        displayName: 'Events',
        name: 'events',
        type: 'multiOptions',
        required: true,
        options: eventOptions,
        default: [],
        description: 'What starts the workflow',
      },
      {
        displayName:
          'LeadLoop delivers every event at least once. A redelivery has the same webhook_id as the first delivery: use it to tell them apart.',
        name: 'notice',
        type: 'notice',
        default: '',
      },
    ],
  };

  webhookMethods = {
    default: {
      /** After a restart of n8n the subscription of before is used again. */
      async checkExists(this: IHookFunctions): Promise<boolean> {
        const memory = this.getWorkflowStaticData('node');
        const url = urlOf(this);
        const known = remembered(memory, url);
        if (known === undefined) return false;
        try {
          const client = await connect(this);
          if (sameEvents(known.events, chosenEvents(this))) {
            const all = await listSubscriptions(client);
            if (all.some(({ id }) => id === known.id)) return true;
          } else {
            await unsubscribe(client, known.id);
          }
        } catch (error) {
          throw inWords(this, error);
        }
        forget(memory, url);
        return false;
      },

      async create(this: IHookFunctions): Promise<boolean> {
        const events = chosenEvents(this);
        if (events.length === 0) {
          throw new NodeOperationError(this.getNode(), 'No event is chosen', {
            description: 'Choose at least one under "Events".',
          });
        }
        const url = urlOf(this);
        try {
          const client = await connect(this);
          // Left behind by an n8n that ended before it could remember them: nobody has their secret.
          for (const left of await listSubscriptions(client)) {
            if (left.url === url) await unsubscribe(client, left.id);
          }
          const made = await subscribe(client, url, events, `n8n:${randomUUID()}`);
          remember(this.getWorkflowStaticData('node'), url, made);
        } catch (error) {
          throw inWords(this, error);
        }
        return true;
      },

      async delete(this: IHookFunctions): Promise<boolean> {
        const memory = this.getWorkflowStaticData('node');
        const url = urlOf(this);
        const known = remembered(memory, url);
        if (known === undefined) return true;
        try {
          await unsubscribe(await connect(this), known.id);
        } catch (error) {
          throw inWords(this, error);
        }
        forget(memory, url);
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    const request = this.getRequestObject();
    if (request.rawBody === undefined) await request.readRawBody();
    const rawBody: unknown = request.rawBody;
    const verdict = Buffer.isBuffer(rawBody)
      ? verifySignature({
          headers: this.getHeaderData() as Record<string, unknown>,
          rawBody,
          secrets: secretsOf(this.getWorkflowStaticData('node')),
          now: Math.floor(Date.now() / 1000),
        })
      : ({ ok: false, reason: 'body_missing' } as const);
    if (!verdict.ok) {
      const message = 'The event is not signed by the subscription of this workflow.';
      this.getResponseObject()
        .status(401)
        .json({ error: 'unauthorized', message, reason_code: verdict.reason });
      return { noWebhookResponse: true };
    }
    const event = this.getBodyData() as IDataObject;
    return { workflowData: [this.helpers.returnJsonArray({ ...event, webhook_id: verdict.id })] };
  }
}
