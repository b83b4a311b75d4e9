import type {
  IDataObject,
  ILoadOptionsFunctions,
  INodeListSearchItems,
  INodeListSearchResult,
  INodeProperties,
} from 'n8n-workflow';

import { connect } from './client';

const PAGE = 100;
/** Pages read for one search that finds nothing; the list then offers to go on. */
const MAX_PAGES = 10;

interface LocatorText {
  displayName: string;
  name: string;
  description: string;
  /** One of {@link listSearch}. */
  search: string;
  /** "order", "broker", … for the placeholder. */
  thing: string;
  required?: boolean;
  /** An expression for "By ID"; without it the list is shown first. */
  fallback?: string;
}

/** A "From list / By ID" parameter. */
export function locator(text: LocatorText): INodeProperties {
  return {
    displayName: text.displayName,
    name: text.name,
    type: 'resourceLocator',
    required: text.required ?? true,
    default: { mode: text.fallback === undefined ? 'list' : 'id', value: text.fallback ?? '' },
    description: text.description,
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: `Select ${/^[aeiou]/.test(text.thing) ? 'an' : 'a'} ${text.thing}...`,
        typeOptions: { searchListMethod: text.search, searchable: true },
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. 0197a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b',
      },
    ],
  };
}

type Named = (record: IDataObject) => string;

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : String(value);

const leadName: Named = (lead) =>
  [
    text(lead.name) || text(lead.business_name) || text(lead.ghl_contact_id) || text(lead.id),
    text(lead.phone) || text(lead.email),
    text(lead.status),
  ]
    .filter((part) => part !== '')
    .join(' · ');

const plainName: Named = (record) => text(record.name) || text(record.id);

const orderName: Named = (order) =>
  [plainName(order), text(order.status)].filter((part) => part !== '').join(' · ');

/**
 * A search over one list of the service. Where the list can search by itself (`q`) it does;
 * elsewhere names are compared here, page by page until something is found: n8n asks for more only
 * when a list that has entries is scrolled.
 */
function searchIn(path: string, nameOf: Named, searchesItself = false) {
  return async function (
    this: ILoadOptionsFunctions,
    filter?: string,
    paginationToken?: string,
  ): Promise<INodeListSearchResult> {
    const client = await connect(this);
    const wanted = searchesItself ? '' : (filter ?? '').trim().toLowerCase();
    let cursor = paginationToken;
    for (let pages = 1; ; pages += 1) {
      const page = await client.call({
        method: 'GET',
        path,
        query: { limit: PAGE, cursor, ...(searchesItself ? { q: filter } : {}) },
      });
      const results = ((page.data ?? []) as IDataObject[])
        .map((record): INodeListSearchItems => ({ name: nameOf(record), value: text(record.id) }))
        .filter(({ name }) => name.toLowerCase().includes(wanted));
      if (typeof page.next_cursor !== 'string') return { results };
      cursor = page.next_cursor;
      if (results.length > 0 || pages === MAX_PAGES) return { results, paginationToken: cursor };
    }
  };
}

/** The search methods that locators name. */
export const listSearch = {
  searchOrders: searchIn('/orders', orderName),
  searchBrokers: searchIn('/brokers', plainName),
  searchLeads: searchIn('/leads', leadName, true),
  searchBusinesses: searchIn('/businesses', plainName),
  searchStaff: searchIn('/staff', plainName),
};

export const leadLocator = (
  name = 'leadId',
  description = 'The lead to work on',
): INodeProperties =>
  locator({
    displayName: 'Lead',
    name,
    description,
    search: 'searchLeads',
    thing: 'lead',
    fallback: '={{ $json.lead_id ?? $json.id }}',
  });

export const orderLocator = (description: string): INodeProperties =>
  locator({
    displayName: 'Order',
    name: 'orderId',
    description,
    search: 'searchOrders',
    thing: 'order',
  });

export const brokerLocator = (description: string): INodeProperties =>
  locator({
    displayName: 'Broker',
    name: 'brokerId',
    description,
    search: 'searchBrokers',
    thing: 'broker',
  });

export const businessLocator = (description: string): INodeProperties =>
  locator({
    displayName: 'Business',
    name: 'businessId',
    description,
    search: 'searchBusinesses',
    thing: 'business',
    required: false,
  });

export const staffLocator = (displayName: string, description: string): INodeProperties =>
  locator({
    displayName,
    name: 'staffId',
    description,
    search: 'searchStaff',
    thing: 'staff member',
    required: false,
  });
