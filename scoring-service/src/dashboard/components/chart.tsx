import { attr } from './attr.js';

export interface Bar {
  label: string;
  /** One value per series, stacked. */
  values: readonly number[];
}

const WIDTH = 640;
const HEIGHT = 180;
const LEFT = 42;
const BOTTOM = 22;
const TOP = 8;

/** The smallest of 1, 2, 5 × 10ⁿ that is not below the value: where the axis ends. */
export function niceTop(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value) ?? value;
}

/** Stacked bars. The table beside it says the same in numbers, so the picture itself is one image. */
export function StackedBars({
  title,
  bars,
  series,
}: {
  title: string;
  bars: readonly Bar[];
  series: readonly string[];
}) {
  const most = Math.max(0, ...bars.map(({ values }) => values.reduce((a, b) => a + b, 0)));
  const top = niceTop(most);
  const height = (value: number): number => (value / top) * (HEIGHT - TOP - BOTTOM);
  const step = (WIDTH - LEFT) / Math.max(1, bars.length);
  const width = Math.max(1, Math.min(40, step * 0.72));
  const every = Math.ceil(bars.length / 8);
  return (
    <figure class="part-figure">
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={attr(title)}
        xmlns="http://www.w3.org/2000/svg"
      >
        {[0, 0.5, 1].map((share) => {
          const y = HEIGHT - BOTTOM - height(top * share);
          return (
            <>
              <line class="axis" x1={LEFT} x2={WIDTH} y1={y} y2={y} />
              <text x={LEFT - 6} y={y + 4} text-anchor="end">
                {top * share}
              </text>
            </>
          );
        })}
        {bars.map(({ label, values }, at) => {
          const x = LEFT + step * at + (step - width) / 2;
          let y = HEIGHT - BOTTOM;
          return (
            <>
              {values.map((value, which) => {
                const h = height(value);
                y -= h;
                return <rect class={`series-${which}`} x={x} y={y} width={width} height={h} />;
              })}
              {at % every === 0 ? (
                <text x={x + width / 2} y={HEIGHT - 6} text-anchor="middle" safe>
                  {label}
                </text>
              ) : (
                <></>
              )}
            </>
          );
        })}
      </svg>
      <ul class="legend">
        {series.map((name, which) => (
          <li>
            <svg class="chart" viewBox="0 0 10 10" aria-hidden="true">
              <rect class={`series-${which}`} width="10" height="10" />
            </svg>
            <span safe>{name}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
