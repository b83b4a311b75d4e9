import { sentence } from './format.js';

export interface Checked {
  checks: readonly { code: string; passed: boolean; detail: string }[];
  rule_version: string | null;
}

/** Why a message went or did not go: every check, with what it found. */
export function Checks({ message, open }: { message: Checked; open?: boolean }) {
  if (message.checks.length === 0) return <span class="faint">–</span>;
  const failed = message.checks.filter((one) => !one.passed);
  return (
    <details open={open}>
      <summary safe>
        {failed.length === 0
          ? `All ${message.checks.length} checks passed`
          : `${failed.length} of ${message.checks.length} checks did not pass`}
      </summary>
      <ul class="gates">
        {message.checks.map((one) => (
          <li>
            <span class={`mark ${one.passed ? 'pass' : 'fail'}`} aria-hidden="true">
              {one.passed ? '✓' : '✗'}
            </span>
            <span>
              <span class="hidden">{one.passed ? 'Passed: ' : 'Failed: '}</span>
              <bdi safe>{`${sentence(one.code)}: ${one.detail}`}</bdi>
            </span>
          </li>
        ))}
      </ul>
      {message.rule_version === null ? (
        <></>
      ) : (
        <p class="hint" safe>{`Rules ${message.rule_version}`}</p>
      )}
    </details>
  );
}
