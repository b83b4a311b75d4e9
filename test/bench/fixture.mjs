/** The same orders, brokers and leads for every server that is compared. */

export const ADMIN_KEY = 'bench-admin-key-0123456789abcdef';
export const BROKERS = 20;

const VERTICALS = ['MCA', 'Equipment', 'SBA', 'Factoring'];

/** Order number `i`, without its broker: about half of them are eligible for a usual lead. */
export function orderInput(i) {
  return {
    name: `Order ${i}`,
    verticals: i % 3 === 0 ? ['All'] : [VERTICALS[i % 4], VERTICALS[(i + 1) % 4]],
    credit_score_min: [null, 500, 600, 640, 680, 720][i % 6],
    loan_min: i % 5 === 0 ? 10_000 : null,
    loan_max: i % 7 === 0 ? 200_000 : null,
    total_leads: 10_000_000 + i * 1000,
    bonus_mode: i % 10 === 0,
    priority: i % 8 === 0 ? 'high' : 'normal',
  };
}

let serial = 0;
const run = Date.now().toString(36);

/** A lead that was never sent before. */
export function leadBody() {
  serial += 1;
  const n = serial;
  return JSON.stringify({
    ghl_contact_id: `contact-${run}-${process.pid}-${n}`,
    first_name: 'Ann',
    last_name: `Example ${n % 997}`,
    business_name: 'Example Bakery',
    email: `ann.${run}.${process.pid}.${n}@example.com`,
    phone: `+1 202 555 ${String(100 + (n % 100)).padStart(4, '0')}`,
    vertical: VERTICALS[n % 4],
    credit_score: 560 + ((n * 37) % 280) < 600 ? 640 : 560 + ((n * 37) % 280),
    funding_amount: 5_000 + ((n * 7919) % 250_000),
    funding_purpose: 'Working capital',
    state: 'New York',
  });
}
