import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { unknownAnswer } from '../failure';
import { locatedId } from '../ids';
import { fromItem } from '../item-field';
import { leadLocator, businessLocator } from '../locators';
import { filled, pick, showFor } from '../properties';
import { perItem, type Operation, type Run } from '../run';

/** Outputs of a qualified lead, in the order of LeadLoop Qualify's branches. */
const DECISIONS = ['book_now', 'follow_up', 'low_quality'] as const;

const PARALLEL = 4;

const SIMPLE = ['lead_id', 'score', 'decision', 'reason', 'booking_url', 'source'] as const;

/** What to qualify: a lead that exists, or the fields of a new one. */
export const qualifyProperties: INodeProperties[] = [
  {
    displayName: 'Lead From',
    name: 'leadFrom',
    type: 'options',
    options: [
      {
        name: 'Existing Lead',
        value: 'existing',
        description: 'A lead that LeadLoop knows, such as one that a capture operation returned',
      },
      { name: 'Fields', value: 'fields', description: 'A new lead, made from the fields below' },
    ],
    default: 'existing',
    description: 'Where the lead to qualify comes from',
  },
  ...showFor({ leadFrom: ['existing'] }, [
    leadLocator('leadId', 'The lead to qualify'),
    {
      displayName: 'Message',
      name: 'message',
      type: 'string',
      typeOptions: { rows: 3 },
      default: '',
      placeholder: 'e.g. the words of a voicemail',
      description:
        'What the person said, when LeadLoop does not know it. Left empty, what the latest enquiry of the lead said.',
    },
  ]),
  ...showFor({ leadFrom: ['fields'] }, [
    {
      displayName: 'Name',
      name: 'name',
      type: 'string',
      default: fromItem('name', 'full_name', 'first_name'),
      placeholder: 'e.g. Alex Morgan',
    },
    {
      displayName: 'Phone',
      name: 'phone',
      type: 'string',
      default: fromItem('phone'),
      placeholder: 'e.g. +1 202 555 0123',
    },
    {
      displayName: 'Email',
      name: 'email',
      type: 'string',
      placeholder: 'name@email.com',
      default: fromItem('email'),
    },
    {
      displayName: 'Source',
      name: 'source',
      type: 'string',
      default: fromItem('source'),
      placeholder: 'e.g. web_form',
      description: 'Where the enquiry came from',
    },
    {
      displayName: 'Message',
      name: 'message',
      type: 'string',
      typeOptions: { rows: 3 },
      default: fromItem('message'),
      placeholder: 'e.g. Can I come in this week?',
      description: 'What the person wrote',
    },
    businessLocator('The business that was contacted. Left empty, the default business.'),
    {
      displayName: 'Consent',
      name: 'consent',
      type: 'collection',
      placeholder: 'Add Consent',
      default: {},
      description:
        'What the person agreed to. Without it LeadLoop sends no booking link to a new lead.',
      options: [
        {
          displayName: 'Email Allowed',
          name: 'email',
          type: 'boolean',
          default: false,
          description: 'Whether the person agreed to be written to by email',
        },
        {
          displayName: 'SMS Allowed',
          name: 'sms',
          type: 'boolean',
          default: false,
          description: 'Whether the person agreed to be texted',
        },
      ],
    },
  ]),
];

/** The fields of a new lead. */
function fieldsOf({ parameters }: Run, item: number): IDataObject {
  const consent = filled(parameters.group('consent', item));
  return filled({
    name: parameters.text('name', item),
    phone: parameters.text('phone', item),
    email: parameters.text('email', item),
    source: parameters.text('source', item),
    message: parameters.text('message', item),
    business_id: parameters.located('businessId', item),
    consent: Object.keys(consent).length === 0 ? undefined : consent,
  });
}

function existingLead({ parameters }: Run, item: number): IDataObject {
  return filled({
    lead_id: locatedId(parameters, 'leadId', 'Lead', item),
    message: parameters.text('message', item),
  });
}

/** Qualifies a lead; `single` puts every decision on the first output. */
export function qualifyLead(options: { single: boolean }): Operation {
  return perItem(async (run, item) => {
    const { parameters } = run;
    const existing = parameters.text('leadFrom', item) !== 'fields';
    const answer = await run.call({
      method: 'POST',
      path: '/qualify',
      body: existing ? existingLead(run, item) : fieldsOf(run, item),
      idempotencyKey: run.key(item),
    });
    const output = DECISIONS.findIndex((decision) => decision === answer.decision);
    if (output === -1) return { failure: unknownAnswer('a known decision', answer.decision) };
    const json = parameters.flag('simplify', item) ? pick(answer, SIMPLE) : answer;
    return { results: [{ output: options.single ? 0 : output, json }] };
  }, PARALLEL);
}
