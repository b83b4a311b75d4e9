import type {
  IDataObject,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  INodeProperties,
} from 'n8n-workflow';

import { LeadLoop } from '../../nodes/LeadLoop/LeadLoop.node.js';
import { LeadLoopQualify } from '../../nodes/LeadLoopQualify/LeadLoopQualify.node.js';
import { OrderRouter } from '../../nodes/OrderRouter/OrderRouter.node.js';
import { listSearch } from '../../nodes/shared/locators.js';
import { answerOf, BASE_URL, recorded, type Sent } from './support/mock.js';

type Search = keyof typeof listSearch;

async function search(
  name: Search,
  pages: IDataObject | IDataObject[],
  filter?: string,
  token?: string,
): Promise<{ sent: Sent; count: number; found: Awaited<ReturnType<(typeof listSearch)[Search]>> }> {
  const sent: Sent[] = [];
  const context = {
    getCredentials: () => Promise.resolve({ baseUrl: BASE_URL, apiKey: 'key' }),
    helpers: {
      httpRequestWithAuthentication: (_name: string, options: IHttpRequestOptions) => {
        sent.push(recorded(options));
        const page = Array.isArray(pages) ? pages[sent.length - 1] : pages;
        return Promise.resolve(answerOf({ body: page }));
      },
    },
  } as unknown as ILoadOptionsFunctions;
  const found = await listSearch[name].call(context, filter, token);
  const last = sent.at(-1);
  if (last === undefined) throw new Error('Nothing was asked.');
  return { sent: last, count: sent.length, found };
}

const page = {
  data: [
    { id: '1', name: 'Alpha Funding', status: 'active' },
    { id: '2', name: 'Beta Capital', status: 'paused' },
    { id: '3', name: null, status: 'active' },
  ],
  next_cursor: 'more',
};

test.each([
  ['searchOrders', '/api/orders'],
  ['searchBrokers', '/api/brokers'],
  ['searchLeads', '/api/leads'],
  ['searchBusinesses', '/api/businesses'],
  ['searchStaff', '/api/staff'],
] as const)('%s lists %s page by page', async (name, path) => {
  const { sent, found } = await search(name, page, undefined, 'token');
  expect(sent).toMatchObject({ method: 'GET', path, query: { limit: 100, cursor: 'token' } });
  expect(found.results.map(({ value }) => value)).toEqual(['1', '2', '3']);
  expect(found.paginationToken).toBe('more');
});

test('names without a search of their own are filtered here', async () => {
  const { sent, found } = await search('searchBrokers', page, ' beta ');
  expect(sent.query).toEqual({ limit: 100 });
  expect(found.results).toEqual([{ name: 'Beta Capital', value: '2' }]);
});

test('a name on a later page is found without scrolling', async () => {
  const pages = [
    { data: [{ id: '1', name: 'Alpha Funding' }], next_cursor: 'two' },
    { data: [{ id: '2', name: 'Beta Capital' }], next_cursor: 'three' },
    { data: [{ id: '3', name: 'Beta Brothers' }], next_cursor: null },
  ];
  const { sent, found } = await search('searchBrokers', pages, 'beta');
  expect(sent.query).toEqual({ limit: 100, cursor: 'two' });
  expect(found).toEqual({
    results: [{ name: 'Beta Capital', value: '2' }],
    paginationToken: 'three',
  });
});

test('a search that finds nothing ends, and offers to go on', async () => {
  const nothing = { data: [{ id: '1', name: 'Alpha Funding' }], next_cursor: 'more' };
  const { count, found } = await search('searchBrokers', nothing, 'beta');
  expect(count).toBe(10);
  expect(found).toEqual({ results: [], paginationToken: 'more' });
});

test('leads are searched by the service and shown with phone and status', async () => {
  const { sent, found } = await search(
    'searchLeads',
    {
      data: [{ id: '9', name: 'Alex Morgan', phone: '+12025550123', status: 'open' }],
      next_cursor: null,
    },
    'alex',
  );
  expect(sent.query).toEqual({ limit: 100, q: 'alex' });
  expect(found).toEqual({
    results: [{ name: 'Alex Morgan · +12025550123 · open', value: '9' }],
  });
});

test('a record without a name is shown by its id', async () => {
  const { found } = await search('searchOrders', page);
  expect(found.results.at(-1)?.name).toBe('3 · active');
});

test('every locator names a search method that its node has', () => {
  for (const node of [new OrderRouter(), new LeadLoop(), new LeadLoopQualify()]) {
    const locators = (node.description.properties as INodeProperties[]).filter(
      ({ type }) => type === 'resourceLocator',
    );
    expect(locators.length).toBeGreaterThan(0);
    for (const { modes } of locators) {
      const [list, byId] = modes ?? [];
      expect(Object.keys(node.methods.listSearch)).toContain(list?.typeOptions?.searchListMethod);
      expect([list?.displayName, byId?.displayName]).toEqual(['From List', 'By ID']);
    }
  }
});
