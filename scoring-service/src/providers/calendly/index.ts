export {
  CALENDLY_TOLERANCE_MS,
  verifyCalendlySignature,
  type SignatureCheck,
} from './signature.js';
export {
  parseCalendlyWebhook,
  type CalendlyEvent,
  type CalendlyEventKind,
  type ParsedCalendlyWebhook,
} from './event.js';
