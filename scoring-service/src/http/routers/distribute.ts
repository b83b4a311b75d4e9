import { actorOf } from '../../access/actor.js';
import type { Unit } from '../../db/unit.js';
import { intakeAnswer, intakeAnswerSchema } from '../../leads/answers.js';
import { distribute, distributeSchema, type DistributeDeps } from '../../response/distribute.js';
import { settleClaim, takeClaim } from '../idempotency.js';
import type { Reply } from '../reply.js';
import { route, type AnyRoute } from '../route.js';
import { idParams } from './schemas.js';

/** `POST /leads/:id/distribute`: the only way from lead response into distribution. */
export function distributeRoute(deps: DistributeDeps): AnyRoute {
  const { store, runtime } = deps;
  return route({
    method: 'post',
    path: '/leads/:id/distribute',
    scope: 'operate',
    tag: 'Lead response',
    summary: 'Make a linked distribution lead from a response lead',
    description:
      'The only way from lead response into distribution. Fields sent win over those of the response lead.',
    params: idParams,
    body: distributeSchema,
    invalidCode: 'invalid_payload',
    idempotent: true,
    responses: {
      200: { description: 'As the intake answers.', schema: intakeAnswerSchema },
      404: { description: 'No such lead.' },
      409: { description: '`not_a_response_lead`.' },
    },
    handler: ({ params, body, rawBody, caller, claim }) =>
      distribute<Reply>(deps, {
        leadId: params.id,
        given: body,
        raw: rawBody === '' ? '{}' : rawBody,
        actor: actorOf(caller),
        brokerIds: caller.brokerIds,
        before: claim === null ? undefined : () => takeClaim(store, claim, runtime.clock.now()),
        *answer(taken): Unit<Reply> {
          const reply = { status: 200, body: intakeAnswer(taken) };
          if (claim !== null) yield* settleClaim(store, claim, reply);
          return reply;
        },
      }),
  });
}
