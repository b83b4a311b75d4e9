import '../../../scripts/register-typescript.mjs';

/** The installation takes minutes on a new machine: outside of any test's time. */
export default async function globalSetup() {
  const { installN8n } = await import('../../../scripts/n8n/installation.ts');
  await installN8n(console.log);
}
