import type { OpenAiSettings } from '../providers/openai/index.js';
import type { Settings } from '../settings/settings.js';

/** How the model is reached; null without a key. */
export function openAiSettings(settings: Settings): OpenAiSettings | null {
  if (settings.OPENAI_API_KEY === undefined) return null;
  return {
    apiKey: settings.OPENAI_API_KEY,
    baseUrl: settings.OPENAI_BASE_URL,
    model: settings.OPENAI_MODEL,
    temperature: settings.OPENAI_TEMPERATURE,
    maxTokens: settings.OPENAI_MAX_TOKENS,
    timeoutMs: settings.OPENAI_TIMEOUT_SECONDS * 1000,
  };
}
