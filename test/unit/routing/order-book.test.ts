import fc from 'fast-check';
import {
  decide,
  DEFAULT_RULES,
  OrderBook,
  prepareOrder,
  prepareOrders,
  withCounters,
} from '../../../scoring-service/src/routing/engine/index.js';
import type { RoutingOrder } from '../../../scoring-service/src/routing/engine/index.js';
import { aLead, anOrder, leads, orderLists } from './support.js';

describe('an order book', () => {
  test('evolves as if it were prepared anew from the counters written', () => {
    fc.assert(
      fc.property(
        fc.array(leads, { minLength: 1, maxLength: 25 }),
        orderLists(6, 1),
        (many, list) => {
          const book = prepareOrders(list);
          const rows = list.map((order) => ({ ...order }));
          many.forEach((lead, n) => {
            const options = { hasActiveOrder: true };
            const decision = decide(lead, book, DEFAULT_RULES, options);
            expect(decision).toEqual(decide(lead, prepareOrders(rows), DEFAULT_RULES, options));
            const row = rows[decision.winner];
            if (row === undefined) return;
            book.recordAssignment(decision.winner, n);
            row.leads_delivered += 1;
            row.leads_remaining = Math.max(0, row.leads_remaining - 1);
            row.last_assigned_at = n;
            if (row.leads_remaining === 0 && !row.bonus_mode) row.status = 'completed';
          });
          expect(rows.map((_, p) => book.order(p))).toEqual(rows);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('completes an order with its last lead, and in bonus mode stays open at none remaining', () => {
    const last = { leads_delivered: 99, leads_remaining: 1 };
    const book = prepareOrders([anOrder(last), anOrder({ id: 'b', ...last, bonus_mode: true })]);
    book.recordAssignment(0, 5);
    book.recordAssignment(1, 6);
    book.recordAssignment(1, 7);
    expect(book.order(0)).toMatchObject({
      status: 'completed',
      leads_delivered: 100,
      leads_remaining: 0,
      last_assigned_at: 5,
    });
    expect(book.order(1)).toMatchObject({
      status: 'active',
      leads_delivered: 101,
      leads_remaining: 0,
      last_assigned_at: 7,
    });
  });

  test('shares its state with its sub-books, both ways', () => {
    const list = ['a', 'b', 'c'].map((id) => anOrder({ id, leads_remaining: 1 }));
    const book = prepareOrders(list);
    const some = book.subset([2, 1]);
    const options = { hasActiveOrder: true };
    expect(decide(aLead(), some, DEFAULT_RULES, options).winner).toBe(1);
    some.recordAssignment(1, 1);
    expect(book.order(1).status).toBe('completed');
    book.recordAssignment(2, 2);
    expect(some.order(0).status).toBe('completed');
    expect(decide(aLead(), some, DEFAULT_RULES, options).status).toBe('unassigned');
    expect(decide(aLead(), book, DEFAULT_RULES).winner).toBe(0);
    expect(some.subset([0]).order(0).id).toBe('c');
  });

  test('of some orders decides like a book made of them alone', () => {
    fc.assert(
      fc.property(
        leads,
        orderLists(10, 1).chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list.map((_, n) => n))),
        ),
        (lead, [list, positions]) => {
          const options = { hasActiveOrder: true };
          const some = prepareOrders(list).subset(positions);
          const alone = prepareOrders(positions.map((p) => list[p] ?? anOrder()));
          expect(decide(lead, some, DEFAULT_RULES, options)).toEqual(
            decide(lead, alone, DEFAULT_RULES, options),
          );
        },
      ),
    );
  });

  test('never reaches back into the prepared orders', () => {
    const prepared = prepareOrder(anOrder());
    OrderBook.of([prepared]).recordAssignment(0, 1);
    expect(prepared).toEqual(prepareOrder(anOrder()));
  });

  test('sees changed verticals of a replaced order', () => {
    const book = prepareOrders([anOrder(), anOrder({ id: 'b', verticals: ['SBA'] })]);
    expect(decide(aLead({ vertical: 'SBA' }), book, DEFAULT_RULES).winner).toBe(1);
    book.replace(1, prepareOrder(anOrder({ id: 'b', verticals: ['Equipment'] })));
    expect(decide(aLead({ vertical: 'SBA' }), book, DEFAULT_RULES).winner).toBe(-1);
    expect(decide(aLead({ vertical: 'equipment' }), book, DEFAULT_RULES).winner).toBe(1);
  });

  test('keeps no list for verticals that no order names', () => {
    const book = prepareOrders([anOrder({ verticals: ['All'] }), anOrder({ id: 'b' })]);
    expect(book.verticalRefusals('Unheard of')).toBe(book.verticalRefusals('Unknown'));
    expect([...book.verticalRefusals(null)]).toEqual([0, 1]);
    expect([...book.verticalRefusals('MCA')]).toEqual([0, 0]);
  });

  test('has no order outside its positions', () => {
    const book = prepareOrders([anOrder()]);
    expect(() => book.order(1)).toThrow(RangeError);
    expect(() => book.subset([-1])).toThrow(RangeError);
    expect(() => {
      book.recordAssignment(1, 0);
    }).toThrow(RangeError);
  });
});

describe('a prepared order', () => {
  test('is the same object while its counters are the same', () => {
    const prepared = prepareOrder(anOrder());
    expect(withCounters(prepared, anOrder())).toBe(prepared);
  });

  test.each<[string, Partial<RoutingOrder>]>([
    ['status', { status: 'paused' }],
    ['broker status', { broker_status: 'paused' }],
    ['delivered', { leads_delivered: 99 }],
    ['remaining', { leads_remaining: 0 }],
    ['last assignment', { last_assigned_at: 7 }],
  ])('with a fresh %s equals one prepared from it', (_, over) => {
    const prepared = prepareOrder(anOrder());
    expect(withCounters(prepared, anOrder(over))).toEqual(prepareOrder(anOrder(over)));
    expect(prepared).toEqual(prepareOrder(anOrder()));
  });
});
