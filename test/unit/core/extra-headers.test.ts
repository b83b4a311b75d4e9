import {
  extraHeadersSchema,
  mergeHeaders,
} from '../../../scoring-service/src/core/extra-headers.js';

function problems(headers: unknown): string[] {
  const issues = extraHeadersSchema.safeParse(headers).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
}

describe('extra headers of a broker', () => {
  test('ordinary headers are accepted', () => {
    expect(
      problems({ Authorization: 'Bearer abc', 'X-Source': 'LeadLoop leads', 'X-Empty': '' }),
    ).toEqual([]);
  });

  test.each([
    'Content-Type',
    'content-length',
    'HOST',
    'Connection',
    'Transfer-Encoding',
    'User-Agent',
    'Webhook-Id',
    'webhook-signature',
    'webhook-timestamp',
    'webhook-anything',
    'Proxy-Authorization',
    'Accept-Encoding',
    'Cookie',
    'Expect',
    'TE',
    'Trailer',
    'Upgrade',
    'Content-Encoding',
  ])('%s is refused when saved and dropped when sent', (name) => {
    expect(problems({ [name]: 'x' })).toEqual([
      `${name} is set by the service and cannot be changed`,
    ]);
    expect(mergeHeaders({}, { [name]: 'x' })).toEqual({});
  });

  test.each(['', 'X Y', 'X:Y', 'X\r\nY', 'Ünicode', 'x'.repeat(101)])(
    '%p is no header name',
    (name) => {
      expect(problems({ [name]: 'x' })).toEqual([
        expect.stringContaining('is not a valid header name'),
      ]);
    },
  );

  test.each(['a\r\nX-Injected: 1', 'a\nb', 'a\0b', 'café', '\u007f'])(
    '%p is no header value',
    (value) => {
      expect(problems({ 'X-Test': value })).toEqual([expect.stringContaining('printable ASCII')]);
      expect(mergeHeaders({}, { 'X-Test': value })).toEqual({});
    },
  );

  test('at most 20, and none twice', () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`X-${index}`, 'x']));
    expect(problems(many)).toEqual(['must hold at most 20 headers']);
    expect(problems({ 'X-A': '1', 'x-a': '2' })).toEqual([
      'x-a is given twice, differing only in case',
    ]);
  });

  test('ours win whatever the spelling', () => {
    expect(mergeHeaders({ 'X-Ours': '1' }, { 'x-ours': '2', 'X-Theirs': '3' })).toEqual({
      'x-ours': '1',
      'x-theirs': '3',
    });
  });
});
