import { getPage, signedIn } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { populate, screensOf } from '../../support/populate.js';
import { postLead } from '../../support/seed.js';
import { startTestService, type TestService } from '../../support/service.js';

/** Breaks out of text, attributes, scripts, comments and styles where nothing is escaped. */
const BREAKOUT = `"'><script>alert(1)</script><img src=x onerror=alert(2)></textarea></title><!--&quot;&lt;b&gt;`;
const RTL = '\u202Egnirts\u202C שלום';
const EMOJI = '👩‍👩‍👧‍👦🧨';

describe.each(DATABASES)('hostile data on %s', (database) => {
  let service: TestService;
  let cookie: string;
  let screens: Record<string, string>;

  beforeAll(async () => {
    service = await startTestService(database);
    const text = (length: number) => `${BREAKOUT}${RTL}${EMOJI}`.slice(0, length);
    const seeded = await populate(service, {
      broker: {
        name: text(200),
        company: text(200),
        crm_headers: { 'X-Extra': '"><script>alert(3)</script>' },
      },
      order: { name: text(200), verticals: ['<script>alert(7)</script>', `<b>"'`] },
      lead: {
        first_name: text(200),
        last_name: '<script>alert(5)</script>',
        business_name: text(200),
        funding_purpose: text(2000),
        ai_call_notes: BREAKOUT.repeat(100).slice(0, 10_000),
        ai_call_status: '<script>alert(6)</script>',
        vertical: '<script>alert(7)</script>',
        state: '<script>alert(8)</script>',
        unknown_field: BREAKOUT,
      },
      staff: { name: text(200), services: ['<script>alert(9)</script>'] },
      enquiry: {
        name: '<script>alert(10)</script> " x',
        message: BREAKOUT.repeat(20),
        area: '<b>',
      },
      form: { name: text(200) },
      service: text(200),
    });
    screens = screensOf(seeded);
    await service.patch(`/api/forms/${seeded.formId}`, {
      version: 1,
      required_fields: ['<script>alert(11)</script>'],
    });
    const key = await service.post('/api/api-keys', { name: text(100), scopes: ['read'] });
    expect(key.status).toBe(201);
    cookie = (await signedIn(service, 'admin')).cookie;
  });
  afterAll(() => service.stop());

  test('is text on every screen', async () => {
    const extra = {
      search: `/leads?q=${encodeURIComponent(BREAKOUT)}&vertical=${encodeURIComponent(BREAKOUT)}&cursor=`,
      simulated: `/simulator?vertical=${encodeURIComponent('<script>alert(7)</script>')}&credit_score=700&funding_amount=50000`,
      refused: `/simulator?vertical=a&credit_score=${encodeURIComponent(BREAKOUT)}`,
      about: `/activity?subject_id=${encodeURIComponent(BREAKOUT)}`,
      reason: `/unassigned?reason=${encodeURIComponent(BREAKOUT)}`,
      next: `/sign-in?next=${encodeURIComponent(BREAKOUT)}`,
    };
    for (const [name, path] of Object.entries({ ...screens, ...extra })) {
      const { text, status } = await getPage(service, path, cookie);
      if (name !== 'next') expect([name, status]).toEqual([name, 200]);
      expect([name, /<script(?![^>]*\ssrc="\/assets\/)/.exec(text)?.[0]]).toEqual([
        name,
        undefined,
      ]);
      expect([name, text.includes('<img')]).toEqual([name, false]);
    }
  });

  test('is shown as it was typed, entities included', async () => {
    const { text } = await getPage(service, screens.broker ?? '', cookie);
    // In the field of the form, entities in the data stay what they are.
    expect(text).toContain('value="&#34;\'&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x');
    expect(text).toContain('&amp;quot;&amp;lt;b&amp;gt;');
  });

  test('runs in no spreadsheet', async () => {
    const formula = '=HYPERLINK("https://evil.example","x")';
    const posted = await postLead(service, 'formula', {
      first_name: formula,
      last_name: '+1+1',
      business_name: '@SUM(A1)',
      phone: '+12025550177',
      funding_purpose: '-2+3',
      email: 'formula@example.com',
    });
    expect(posted.status).toBe(200);
    const csv = await getPage(service, '/leads?format=csv&q=formula', cookie);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toMatch(
      /^attachment; filename="leads-[\d-]+\.csv"$/,
    );
    const [head, row = ''] = csv.text.replace('\uFEFF', '').split('\r\n');
    expect(head).toMatch(/^id,kind,status,first_name,/);
    expect(row).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
    expect(row).toContain(`"'+1+1"`);
    expect(row).toContain(`"'@SUM(A1)"`);
    expect(row).toContain(`"'-2+3"`);
    expect(row).toContain(',+12025550177,');
    expect(csv.text.trim().split('\r\n')).toHaveLength(2);
  });
});
