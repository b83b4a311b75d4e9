import { said, tellChat } from '../support/facts.js';
import { call, newPhone } from '../support/posts.js';
import type { Execution } from '../support/executions.js';
import type { Stage } from '../support/stage.js';

export function errorHandlerSuite(stage: () => Stage): void {
  /** A call that cannot be stored, and what the error handler made of it. */
  const failCall = async (): Promise<Execution> => {
    const id = stage().idOf('error-handler');
    const before = await stage().executions.newest(id);
    stage().line.failAll(/POST \/api\/calls\/missed/, 'unheard');
    await call(stage(), { From: newPhone() });
    stage().line.failAll(/POST \/api\/calls\/missed/, null);
    const [run] = await stage().executions.after(id, before);
    if (run === undefined) throw new Error('The error handler did not run.');
    stage().seen.add('error-handler', run);
    return run;
  };

  it('tells staff what failed and where to look', async () => {
    await stage().edit('error-handler', {
      notify_url: stage().chat.url('/errors'),
      quiet_minutes: 0,
    });
    const told = tellChat(stage());
    const run = await failCall();
    expect(run.mode).toBe('error');
    expect(said(run, 'Failure')).toMatchObject({ node: 'Call Not Stored' });
    expect(told()).toEqual([expect.stringContaining('LeadLoop: Missed Call')]);
    expect(told()[0]).toContain('/executions/');
  });

  it('tells the same failure once in a while', async () => {
    await stage().edit('error-handler', { quiet_minutes: 100_000 });
    await failCall();
    const told = tellChat(stage());
    const run = await failCall();
    expect(run.branches('First in a While')).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('begins anew when the memory for repetitions is full', async () => {
    await stage().edit('error-handler', { quiet_minutes: 0 });
    await stage().fillMemory('error-handler');
    const run = await failCall();
    expect(run.ran).toContain('Forget Old Failures');
  });
}
