export { normalizeEmail } from './email.js';
export { foldText, normalizeName } from './name.js';
export {
  type NormalizedPhone,
  type PhoneType,
  type Textable,
  isTextable,
  normalizePhone,
  phoneType,
  regionOfPhone,
} from './phone.js';
export { type UsState, normalizeState, usStates, zonesOfUsState } from './us-states.js';
export { isWithheld } from './withheld.js';
export { stateOfZip } from './zip.js';
export { stateOfNumber, zonesOfNumber } from './zones/index.js';
