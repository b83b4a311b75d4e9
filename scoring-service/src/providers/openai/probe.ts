import type { OpenAiSettings } from './client.js';
import { OPENAI_DEFAULTS } from './client.js';

/**
 * Asks the server which models it has: that costs nothing and changes nothing. A server that does
 * not know the question (404, 405) answers, which is all that is asked. Never throws.
 */
export async function probeOpenAi(
  settings: OpenAiSettings,
): Promise<{ ok: true } | { ok: false; code: string }> {
  const base = (settings.baseUrl ?? OPENAI_DEFAULTS.baseUrl).replace(/\/+$/, '');
  try {
    const response = await fetch(`${base}/models`, {
      headers: { authorization: `Bearer ${settings.apiKey}` },
      redirect: 'error',
      signal: AbortSignal.timeout(settings.timeoutMs ?? OPENAI_DEFAULTS.timeoutMs),
    });
    await response.body?.cancel();
    if (response.ok || response.status === 404 || response.status === 405) return { ok: true };
    return { ok: false, code: `http_${response.status}` };
  } catch {
    return { ok: false, code: 'connection' };
  }
}
