import appointment from './appointment.mjs';
import errorHandler from './error-handler.mjs';
import escalations from './escalations.mjs';
import leadDistribution from './lead-distribution.mjs';
import missedCall from './missed-call.mjs';
import webForm from './web-form.mjs';

/** Every workflow by the name of its file, in the order in which to import them. */
export const WORKFLOWS = {
  'error-handler': errorHandler,
  escalations,
  'missed-call': missedCall,
  'web-form': webForm,
  appointment,
  'lead-distribution': leadDistribution,
};
