import { whole } from './format.js';

/** How much of an order is filled, as a bar and in numbers. More than all is possible (bonus). */
export function FillBar({ delivered, total }: { delivered: number; total: number }) {
  const share = total > 0 ? Math.min(1, delivered / total) : 1;
  const text = `${whole(delivered)} of ${whole(total)}`;
  return (
    <span class="fill">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" class="fill-bar">
        <rect class="fill-all" width="100" height="8" />
        <rect class="fill-done" width={String(Math.round(share * 1000) / 10)} height="8" />
      </svg>
      <span class="fill-text" safe>
        {text}
      </span>
    </span>
  );
}
