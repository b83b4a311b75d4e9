import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { given } from '../../shared/client';
import { CallFailed, unusable } from '../../shared/failure';
import { fromItem } from '../../shared/item-field';
import { readList } from '../../shared/operations/resource';
import { done, doneMany } from '../../shared/outputs';
import { filled, showFor } from '../../shared/properties';
import { perItem, type Operation, type Run } from '../../shared/run';
import type { ResourceActions } from './resource-actions';

const properties: INodeProperties[] = [
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'Add',
        value: 'add',
        action: 'Add a suppression',
        description: 'Never message this phone or email again',
      },
      {
        name: 'Check',
        value: 'check',
        action: 'Check a suppression',
        description: 'Say whether a phone or email may be messaged',
      },
      {
        name: 'Remove',
        value: 'remove',
        action: 'Remove a suppression',
        description: 'Allow messages again, with the reason why',
      },
    ],
    default: 'check',
  },
  {
    displayName: 'Phone',
    name: 'phone',
    type: 'string',
    default: fromItem('phone'),
    placeholder: 'e.g. +1 202 555 0123',
    description: 'The phone number. Give this or an email.',
  },
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    placeholder: 'name@email.com',
    default: fromItem('email'),
    description: 'The email. Give this or a phone number.',
  },
  ...showFor({ operation: ['add', 'remove'] }, [
    {
      displayName: 'Reason',
      name: 'reason',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. Asked on the phone',
      description: 'Why, for the record',
    },
  ]),
];

function contactOf({ parameters }: Run, item: number): IDataObject {
  const contact = filled({
    phone: parameters.text('phone', item),
    email: parameters.text('email', item),
  });
  if (Object.keys(contact).length === 0) {
    throw new CallFailed(
      unusable('Neither "Phone" nor "Email" is filled in', 'Give a phone number or an email.'),
    );
  }
  return contact;
}

/** Its phone and its email one by one: the service keeps a suppression for each. */
const partsOf = (contact: IDataObject): [string, IDataObject][] =>
  Object.entries(contact).map(([member, value]) => [member, { [member]: value }]);

/** Suppresses a contact; one result for its phone and one for its email. */
const add: Operation = perItem(async (run, item) => {
  const reason = run.parameters.required('reason', 'Reason', item);
  const added: IDataObject[] = [];
  for (const [member, part] of partsOf(contactOf(run, item))) {
    added.push(
      await run.call({
        method: 'POST',
        path: '/suppressions',
        body: { ...part, reason },
        idempotencyKey: `${run.key(item)}:${member}`,
      }),
    );
  }
  return doneMany(added);
});

const check: Operation = perItem(
  async (run, item) =>
    done(
      await run.call({ method: 'POST', path: '/suppressions/check', body: contactOf(run, item) }),
    ),
  4,
);

/** Finds the suppressions of a contact and removes them; none is an answer, not a failure. */
const remove: Operation = perItem(async (run, item) => {
  const reason = run.parameters.required('reason', 'Reason', item);
  const contact = contactOf(run, item);
  const found: IDataObject[] = [];
  for (const [, part] of partsOf(contact)) {
    found.push(...(await readList(run, '/suppressions', given(part), Number.POSITIVE_INFINITY)));
  }
  const ids = found.map(({ id }) => String(id));
  for (const id of ids) {
    await run.call({
      method: 'DELETE',
      path: `/suppressions/${encodeURIComponent(id)}`,
      body: { reason },
      idempotencyKey: `${run.key(item)}:${id}`,
    });
  }
  return done({ ...contact, removed: ids.length, suppression_ids: ids });
});

export const suppression: ResourceActions = { properties, operations: { add, check, remove } };
