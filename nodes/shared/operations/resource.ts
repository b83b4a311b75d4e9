import type { IDataObject } from 'n8n-workflow';

import { given } from '../client';
import { CallFailed, unknownAnswer, unusable } from '../failure';
import { pathId } from '../ids';
import { done, doneMany } from '../outputs';
import { filled, pick } from '../properties';
import { perItem, type Operation, type Run } from '../run';

/** A kind of record of the service, as the node's operations see it. */
export interface Resource {
  /** Below /api, such as `/orders`. */
  path: string;
  /** The resource locator that names one. */
  locator: string;
  label: string;
  /** Members that Simplify keeps; null keeps all. */
  simple: readonly string[] | null;
}

const PAGE = 200;
const PARALLEL = 4;

/** A record as the node gives it out. A secret that is shown only once is never simplified away. */
export function shown(
  run: Run,
  resource: Resource,
  record: IDataObject,
  item: number,
): IDataObject {
  if (resource.simple === null || !run.parameters.flag('simplify', item)) return record;
  const secret = record.webhook_secret;
  const simple = pick(record, resource.simple);
  return secret === undefined ? simple : { ...simple, webhook_secret: secret };
}

const pathOf = (run: Run, resource: Resource, item: number): string =>
  `${resource.path}/${pathId(run.parameters, resource.locator, resource.label, item)}`;

export function getOne(resource: Resource): Operation {
  return perItem(async (run, item) => {
    const record = await run.call({ method: 'GET', path: pathOf(run, resource, item) });
    return done(shown(run, resource, record, item));
  }, PARALLEL);
}

/** Reads a list page by page until the limit, or to its end. */
export async function readList(
  run: Run,
  path: string,
  query: IDataObject,
  limit: number,
): Promise<IDataObject[]> {
  const records: IDataObject[] = [];
  let cursor: string | undefined;
  do {
    const page = await run.call({
      method: 'GET',
      path,
      query: given({ ...query, limit: Math.min(PAGE, limit - records.length), cursor }),
    });
    if (!Array.isArray(page.data)) throw new CallFailed(unknownAnswer('a list', path));
    records.push(...(page.data as IDataObject[]));
    cursor = typeof page.next_cursor === 'string' ? page.next_cursor : undefined;
  } while (cursor !== undefined && records.length < limit);
  return records;
}

function limitOf(run: Run, item: number): number {
  if (run.parameters.flag('returnAll', item)) return Number.POSITIVE_INFINITY;
  const limit = Number(run.parameters.value('limit', item));
  return Number.isInteger(limit) && limit > 0 ? limit : 50;
}

/** Lists records; `query` adds the filters. */
export function getMany(
  resource: Resource,
  query: (run: Run, item: number) => IDataObject,
): Operation {
  return perItem(async (run, item) => {
    const records = await readList(run, resource.path, query(run, item), limitOf(run, item));
    return doneMany(records.map((record) => shown(run, resource, record, item)));
  });
}

export function create(
  resource: Resource,
  body: (run: Run, item: number) => IDataObject,
): Operation {
  return perItem(async (run, item) => {
    const record = await run.call({
      method: 'POST',
      path: resource.path,
      body: filled(body(run, item)),
      idempotencyKey: run.key(item),
    });
    return done(shown(run, resource, record, item));
  });
}

/** `POST …/:id/<verb>`. */
export function action(
  resource: Resource,
  verb: string,
  body: (run: Run, item: number) => IDataObject = () => ({}),
): Operation {
  return perItem(async (run, item) => {
    const record = await run.call({
      method: 'POST',
      path: `${pathOf(run, resource, item)}/${verb}`,
      body: filled(body(run, item)),
      idempotencyKey: run.key(item),
    });
    return done(shown(run, resource, record, item));
  });
}

/**
 * Changes a record. Without a version given by hand the record is read first, so that a change
 * made meanwhile by somebody else is refused (409 `stale_version`) and not lost.
 */
export function update(
  resource: Resource,
  fields: (run: Run, item: number) => IDataObject,
): Operation {
  return perItem(async (run, item) => {
    const { version, ...changes } = fields(run, item);
    if (Object.keys(changes).length === 0) {
      throw new CallFailed(
        unusable('There is nothing to change', 'Add at least one field under "Update Fields".'),
      );
    }
    const path = pathOf(run, resource, item);
    const read = version ?? (await run.call({ method: 'GET', path })).version;
    const record = await run.call({
      method: 'PATCH',
      path,
      body: { ...changes, version: read },
      idempotencyKey: run.key(item),
    });
    return done(shown(run, resource, record, item));
  });
}
