export { type GhlEventKey, ghlEventKey, ghlWindowMs } from './event-key.js';
export {
  type GhlBody,
  type GhlCall,
  type GhlDecision,
  decideGhlCall,
  ghlBodySchema,
  parseGhlCall,
} from './payload.js';
export {
  type GhlProof,
  type GhlTrust,
  type GhlVerification,
  defaultGhlPublicKey,
  secretMatches,
  verifyGhl,
  verifyGhlSignature,
} from './signature.js';
