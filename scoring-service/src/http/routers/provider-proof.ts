import type { Request } from 'express';

import type { Caller } from '../../access/api-keys.js';
import { AppError } from '../../core/errors.js';
import { verifyGhl, verifyGhlSignature } from '../../providers/ghl/index.js';
import type { Refusals } from '../../providers/refusals.js';
import { publicUrlOf, verifyTwilioSignature } from '../../providers/twilio/index.js';
import type { Proof } from '../proof.js';

/** What providers are known by; a provider without its secret can prove nothing. */
export interface ProviderTrust {
  /** PUBLIC_URL; without it, the address the request was sent to. */
  publicUrl: string | undefined;
  twilioAuthToken: string | undefined;
  ghlPublicKey: string | undefined;
  ghlWebhookSecret: string | undefined;
  refusals: Refusals;
}

/** The 403 for a request that proves nothing; it is counted and otherwise forgotten. */
export function refuse(
  trust: Pick<ProviderTrust, 'refusals'>,
  provider: string,
  why: string,
): AppError {
  trust.refusals.count(provider);
  return new AppError(
    'invalid_signature',
    403,
    `The request does not prove that it comes from ${provider}: ${why}.`,
  );
}

function callerOf(provider: string, verifiedBy: 'signature' | 'secret'): Caller {
  return { keyId: `provider:${provider}`, name: provider, scopes: [], brokerIds: null, verifiedBy };
}

/** PUBLIC_URL is the truth: no header of the request can change what the signature is made over. */
function signedUrl(trust: ProviderTrust, request: Request): string {
  const base = trust.publicUrl ?? `${request.protocol}://${request.get('host') ?? ''}`;
  return publicUrlOf(base, request.originalUrl);
}

/** `X-Twilio-Signature` over the public address and the form, or over the hash of a JSON body. */
export function twilioProof(trust: ProviderTrust): Proof {
  return ({ request, rawBody, body }) => {
    if (trust.twilioAuthToken === undefined) {
      return Promise.reject(refuse(trust, 'twilio', 'TWILIO_AUTH_TOKEN is not set'));
    }
    const isForm = request.is('urlencoded') !== false;
    const url = signedUrl(trust, request);
    // The address alone says nothing of a JSON body; only its hash in the address does.
    const covered = isForm || rawBody.length === 0 || url.includes('bodySHA256=');
    const verified =
      covered &&
      verifyTwilioSignature({
        authToken: trust.twilioAuthToken,
        signature: request.get('x-twilio-signature'),
        url,
        params: isForm ? (body as Record<string, unknown>) : {},
        rawBody,
      });
    return verified
      ? Promise.resolve(callerOf('twilio', 'signature'))
      : Promise.reject(refuse(trust, 'twilio', 'the signature is missing or wrong'));
  };
}

/** `X-GHL-Signature` over the raw body, else the shared secret in `X-LeadLoop-Secret`. */
export function ghlProof(trust: ProviderTrust): Proof {
  return ({ request, rawBody }) => {
    const found = verifyGhl(
      {
        rawBody,
        signature: request.get('x-ghl-signature'),
        secret: request.get('x-leadloop-secret'),
      },
      { publicKey: trust.ghlPublicKey, webhookSecret: trust.ghlWebhookSecret },
    );
    return found.verified
      ? Promise.resolve(callerOf('ghl', found.by))
      : Promise.reject(refuse(trust, 'ghl', found.reason.replaceAll('_', ' ')));
  };
}

export type ForwardedProof =
  | { provider: 'twilio'; signature: string; url: string; params: Record<string, unknown> }
  | { provider: 'ghl'; signature: string; rawBody: Buffer };

/** A proof that a workflow received and passes on must verify all the same. Throws 403. */
export function checkForwarded(trust: ProviderTrust, proof: ForwardedProof): void {
  const verified =
    proof.provider === 'twilio'
      ? trust.twilioAuthToken !== undefined &&
        !proof.url.includes('bodySHA256=') &&
        verifyTwilioSignature({ authToken: trust.twilioAuthToken, ...proof })
      : verifyGhlSignature(proof.rawBody, proof.signature, trust.ghlPublicKey);
  if (!verified) throw refuse(trust, proof.provider, 'the signature passed on is wrong');
}
