import type {
  BacktestJob,
  BacktestWithResult,
} from '../../scoring-service/src/routing/backtest/answer-schema.js';
import type { Difference } from '../../scoring-service/src/routing/backtest/types.js';
import type { TestService } from './service.js';

export type { BacktestJob, BacktestWithResult, Difference };

export const BACKTEST = '/api/routing/backtest';
export const BACKTESTS = '/api/routing/backtests';

export async function askForBacktest(service: TestService, body: unknown): Promise<BacktestJob> {
  const answer = await service.post<BacktestJob>(BACKTEST, body);
  expect(answer).toMatchObject({ status: 202, body: { status: 'waiting' } });
  return answer.body;
}

export const readBacktest = async (service: TestService, id: string): Promise<BacktestWithResult> =>
  (await service.get<BacktestWithResult>(`${BACKTESTS}/${id}`)).body;

/** Every difference, page by page. */
export async function readDifferences(
  service: TestService,
  id: string,
  query = 'limit=200',
): Promise<Difference[]> {
  const found: Difference[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { body: { data: Difference[]; next_cursor: string | null } } = await service.get(
      `${BACKTESTS}/${id}/differences?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    found.push(...page.body.data);
    cursor = page.body.next_cursor;
  }
  return found;
}

/** Runs a backtest to its end. */
export async function backtest(
  service: TestService,
  body: unknown,
): Promise<{ job: BacktestWithResult; differences: Difference[] }> {
  const { id } = await askForBacktest(service, body);
  await service.service.backtest();
  const job = await readBacktest(service, id);
  expect(job).toMatchObject({ status: 'done', error: null, progress: { share: 1 } });
  return { job, differences: await readDifferences(service, id) };
}
