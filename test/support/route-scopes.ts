/**
 * The scope that every route needs, written down by hand from the description of the API and not
 * read from the code: a route that is missing here, or that asks for another scope, fails a test.
 * `proof` = the sender proves itself otherwise; `any` = every valid key.
 */
const BY_SCOPE: Record<string, string> = {
  any: `
    GET /whoami`,
  proof: `
    POST /webhooks/twilio
    POST /webhooks/twilio/messages
    POST /webhooks/twilio/message-status
    POST /webhooks/ghl
    POST /webhooks/calendly`,
  intake: `
    POST /leads/incoming
    POST /leads/incoming/batch
    PATCH /leads/update
    GET /leads/lookup
    POST /calls/missed
    POST /forms/submissions
    POST /qualify
    POST /appointments/calendly-event`,
  read: `
    GET /leads
    GET /leads/{id}
    GET /leads/{id}/timeline
    GET /leads/{id}/routing-logs
    GET /leads/{id}/deliveries
    GET /unassigned
    POST /routing/simulate
    GET /routing/backtests
    GET /routing/backtests/{id}
    GET /routing/backtests/{id}/differences
    GET /brokers
    GET /brokers/{id}
    GET /brokers/{id}/health
    GET /orders
    GET /orders/{id}
    GET /deliveries
    GET /deliveries/{id}
    GET /delivery
    GET /businesses
    GET /businesses/{id}
    GET /staff
    GET /staff/{id}
    GET /ownership-rules
    GET /tasks
    GET /tasks/{id}
    GET /messages
    GET /messages/{id}
    GET /suppressions
    GET /merge-suggestions
    GET /appointments
    GET /appointments/{id}
    GET /providers
    GET /events
    GET /subscriptions
    GET /subscriptions/{id}
    GET /activity`,
  operate: `
    POST /routing/backtest
    DELETE /routing/backtests/{id}
    POST /leads/{id}/assign
    POST /leads/{id}/reassign
    POST /leads/{id}/reroute
    POST /leads/{id}/distribute
    POST /leads/{id}/unmerge
    POST /brokers/{id}/pause
    POST /brokers/{id}/resume
    POST /brokers/{id}/test-webhook
    POST /brokers/{id}/replay
    POST /brokers/{id}/deliveries/pause
    POST /brokers/{id}/deliveries/resume
    POST /delivery/pause
    POST /delivery/resume
    POST /orders/{id}/pause
    POST /orders/{id}/resume
    POST /deliveries/{id}/dispatch
    POST /deliveries/{id}/retry
    POST /deliveries/{id}/cancel
    POST /deliveries/dispatch
    POST /tasks
    POST /tasks/{id}/claim
    POST /tasks/{id}/complete
    POST /tasks/{id}/cancel
    POST /tasks/{id}/snooze
    POST /tasks/{id}/reassign
    POST /messages
    POST /suppressions
    DELETE /suppressions/{id}
    POST /merge-suggestions/{id}/accept
    POST /merge-suggestions/{id}/dismiss
    POST /appointments
    PATCH /appointments/{id}
    POST /providers/{name}/pause
    POST /providers/{name}/resume
    POST /subscriptions
    POST /subscriptions/{id}/pause
    POST /subscriptions/{id}/resume
    DELETE /subscriptions/{id}`,
  admin: `
    POST /brokers
    PATCH /brokers/{id}
    POST /brokers/{id}/rotate-secret
    POST /orders
    PATCH /orders/{id}
    POST /orders/{id}/complete
    POST /orders/{id}/cancel
    GET /forms
    POST /forms
    GET /forms/{id}
    PATCH /forms/{id}
    POST /businesses
    PATCH /businesses/{id}
    POST /staff
    PATCH /staff/{id}
    PUT /ownership-rules
    GET /api-keys
    POST /api-keys
    POST /api-keys/{id}/revoke
    POST /privacy/export
    POST /privacy/erase`,
  /** Asks without changing anything, by POST only because a phone number does not belong in a log. */
  'read or operate': `
    POST /suppressions/check`,
};

/** `GET /leads` → the scope it needs. */
export const ROUTE_SCOPES: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_SCOPE).flatMap(([scope, routes]) =>
    routes
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line): [string, string] => [line, scope]),
  ),
);
