export {
  createOpenAiChat,
  OPENAI_DEFAULTS,
  type ChatQuestion,
  type OpenAiChat,
  type OpenAiSettings,
} from './client.js';
export {
  isRetryable,
  type ChatErrorClass,
  type ChatFailure,
  type ChatResult,
  type Usage,
} from './result.js';
export { probeOpenAi } from './probe.js';
