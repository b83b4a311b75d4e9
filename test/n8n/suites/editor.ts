import { CREDENTIAL, shippedWorkflows } from '../../../scripts/n8n/workflow-files.js';
import { checkWorkflow, type NodeDescription } from '../../nodes/support/workflow-check.js';
import type { Stage } from '../support/stage.js';

export function editorSuite(stage: () => Stage): void {
  it('ends with an editor in which the six workflows are active', async () => {
    const page = await fetch(stage().n8n);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('n8n.io');
    const active = (await stage().rest.workflows()).filter((one) => one.active);
    expect(active.map(({ name }) => name).sort()).toEqual(
      [...shippedWorkflows().values()].map(({ name }) => name).sort(),
    );
    expect(active).toHaveLength(6);
  });

  it('offers our nodes under the names that the workflows use', async () => {
    const found = await stage().descriptions();
    const ours = found.map(({ name }) => name).filter((name) => /leadloop/i.test(name));
    expect(ours).toEqual(
      expect.arrayContaining([
        'n8n-nodes-leadloop.crmDeliver',
        'n8n-nodes-leadloop.leadLoop',
        'n8n-nodes-leadloop.leadLoopQualify',
        'n8n-nodes-leadloop.leadLoopTrigger',
        'n8n-nodes-leadloop.orderRouter',
      ]),
    );
  });

  it("finds nothing wrong with the workflows by n8n's own descriptions", async () => {
    const descriptions = (await stage().descriptions()) as unknown as NodeDescription[];
    for (const workflow of shippedWorkflows().values()) {
      expect(checkWorkflow(workflow, descriptions)).toEqual([]);
    }
  });

  it('has a credential that its own test accepts', async () => {
    const result = await stage().rest.call('POST', '/credentials/test', {
      credentials: { ...CREDENTIAL, type: 'leadLoopApi', data: await credentialData(stage()) },
    });
    expect(result).toMatchObject({ status: 'OK' });
  });

  it('subscribes the escalations once', async () => {
    const { data } = await stage().call('GET', '/subscriptions');
    expect(data).toHaveLength(1);
    expect(data[0].url).toContain(stage().n8n);
  });
}

async function credentialData(stage: Stage): Promise<unknown> {
  const path = `/credentials/${CREDENTIAL.id}?includeData=true`;
  const { data } = await stage.rest.call<{ data: unknown }>('GET', path);
  return data;
}
