/** The workflows' ids: kept for ever, so that an import updates what an earlier one made. */
export const IDS = {
  errorHandler: 'LLerrorHandler01',
  missedCall: 'LLmissedCall0001',
  webForm: 'LLwebForm0000001',
  appointment: 'LLappointment001',
  leadDistribution: 'LLdistribution01',
  escalations: 'LLescalations001',
};

/** The webhooks' ids: a changed one would move the address that providers were given. */
export const WEBHOOK_IDS = {
  twilioCalls: '5f0a4a52-6f0e-4c53-9a51-0d8b6c1f7a01',
  ghlCalls: '5f0a4a52-6f0e-4c53-9a51-0d8b6c1f7a02',
  webForm: '5f0a4a52-6f0e-4c53-9a51-0d8b6c1f7a03',
  calendly: '5f0a4a52-6f0e-4c53-9a51-0d8b6c1f7a04',
  visits: '5f0a4a52-6f0e-4c53-9a51-0d8b6c1f7a05',
  ghlLeads: '5f0a4a52-6f0e-4c53-9a51-0d8b6c1f7a06',
  escalations: '5f0a4a52-6f0e-4c53-9a51-0d8b6c1f7a07',
};
