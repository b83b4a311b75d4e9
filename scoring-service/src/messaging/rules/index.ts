export { type Inbound, type InboundClass, classifyInbound } from './inbound.js';
export {
  type ConsentRule,
  type KindRules,
  type MessageKind,
  type QuietRule,
  type RepeatRule,
  kindRules,
  messageKinds,
} from './kinds.js';
export {
  type ConsentEvidence,
  type Permission,
  type PermissionCheck,
  type PermissionCode,
  type PermissionInputs,
  evaluatePermission,
  permissionChecks,
} from './permission.js';
export {
  type AppliedWindow,
  type QuietHours,
  type QuietHoursInput,
  quietHours,
} from './quiet-hours.js';
export { type QuietRuleset, currentQuietRuleset } from './quiet-windows.js';
export { type TemplateValues, renderTemplate, safeName } from './render.js';
export { type BusinessHours, responseWindowText } from './response-window.js';
export { type Segments, countSegments } from './segments.js';
export {
  type MessageStatus,
  type StatusStep,
  advanceStatus,
  fromTwilioStatus,
  isFinalStatus,
  messageStatuses,
} from './status.js';
export {
  type TemplateError,
  type TemplateErrorCode,
  defaultTemplates,
  longestTemplate,
  placeholders,
  validateTemplate,
} from './templates.js';
