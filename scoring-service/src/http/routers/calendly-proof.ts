import type { Caller } from '../../access/api-keys.js';
import type { Clock } from '../../core/clock.js';
import { verifyCalendlySignature } from '../../providers/calendly/index.js';
import type { Refusals } from '../../providers/refusals.js';
import type { Proof } from '../proof.js';
import { refuse } from './provider-proof.js';

export interface CalendlyTrust {
  signingKey: string | undefined;
  clock: Clock;
  refusals: Refusals;
}

const WHY = {
  not_configured: 'CALENDLY_WEBHOOK_SIGNING_KEY is not set',
  missing: 'the signature is missing',
  malformed: 'the signature cannot be read',
  stale: 'the signature is too old',
  mismatch: 'the signature is wrong',
} as const;

/** Throws 403 unless the signature was made over exactly these bytes within the tolerance. */
export function checkCalendly(
  trust: CalendlyTrust,
  header: string | undefined,
  rawBody: Buffer,
): void {
  const checked = verifyCalendlySignature({
    header,
    rawBody,
    signingKey: trust.signingKey,
    nowMs: trust.clock.now(),
  });
  if (!checked.ok) throw refuse(trust, 'calendly', WHY[checked.reason]);
}

const CALLER: Caller = {
  keyId: 'provider:calendly',
  name: 'calendly',
  scopes: [],
  brokerIds: null,
  verifiedBy: 'signature',
};

/** `Calendly-Webhook-Signature` over the raw body. */
export function calendlyProof(trust: CalendlyTrust): Proof {
  return ({ request, rawBody }) =>
    new Promise((resolve) => {
      checkCalendly(trust, request.get('calendly-webhook-signature'), rawBody);
      resolve(CALLER);
    });
}
