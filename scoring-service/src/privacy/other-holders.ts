import type { Store } from '../db/store.js';
import { all, type Unit } from '../db/unit.js';
import type { Holdings } from './personal-tables.js';
import type { ErasureResult } from './privacy-schema.js';

/** Who has the data too: an erasure does not reach them, so the operator has to. */
export function* otherHolders(store: Store, held: Holdings): Unit<ErasureResult['also_held_by']> {
  const { db, anyOf } = store;
  const brokers = yield* all(
    db
      .selectFrom('deliveries')
      .innerJoin('brokers', 'brokers.id', 'deliveries.broker_id')
      .select(['brokers.id as broker_id', 'brokers.name', 'deliveries.id as delivery_id'])
      .where(anyOf('deliveries.lead_id', held.leads))
      .where((where) =>
        where.or([
          where('deliveries.status', '=', 'sent'),
          where.exists(
            where
              .selectFrom('delivery_attempts')
              .select('delivery_attempts.id')
              .whereRef('delivery_attempts.delivery_id', '=', 'deliveries.id'),
          ),
        ]),
      )
      .orderBy('deliveries.id'),
  );
  const texts = yield* all(
    db
      .selectFrom('messages')
      .select('provider_sid')
      .where((where) => where.or([anyOf('lead_id', held.leads), anyOf('id', held.messages)]))
      .where('provider_sid', 'is not', null)
      .orderBy('id'),
  );
  const bookings = yield* all(
    db
      .selectFrom('appointments')
      .select('calendly_invitee_uri')
      .where(anyOf('lead_id', held.leads))
      .where('calendly_invitee_uri', 'is not', null)
      .orderBy('id'),
  );
  return {
    brokers,
    twilio_message_sids: texts.flatMap(({ provider_sid }) => provider_sid ?? []),
    calendly_invitee_uris: bookings.flatMap(({ calendly_invitee_uri: uri }) => uri ?? []),
  };
}

/** How many suppressions stand for the person. */
export function* suppressionsOf(store: Store, held: Holdings): Unit<number> {
  const { db, anyOf } = store;
  const rows = yield* all(
    db
      .selectFrom('suppressions')
      .select('id')
      .where((where) => where.or([anyOf('phone', held.phones), anyOf('email', held.emails)]))
      .where('removed_at', 'is', null),
  );
  return rows.length;
}
