/** GSM 03.38 default alphabet (3GPP TS 23.038, section 6.2.1), without the escape character. */
const GSM7 = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
    'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension table: each costs two septets (escape and character). */
const GSM7_EXTENSION = new Set('\f^{}\\[~]|€');

export interface Segments {
  encoding: 'gsm_7' | 'ucs_2';
  /** Septets (GSM-7) or 16-bit units (UCS-2) the text takes. */
  units: number;
  segments: number;
}

/** How many parts costs of these sizes take when no character may be cut in two. */
function countParts(costs: readonly number[], single: number, multi: number): number {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  if (total <= single) return 1;
  let parts = 1;
  let room = multi;
  for (const cost of costs) {
    if (cost > room) {
      parts += 1;
      room = multi;
    }
    room -= cost;
  }
  return parts;
}

/**
 * How a text is encoded and how many segments carriers bill: 160 septets alone or 153 each in
 * GSM-7, 70 units alone or 67 each in UCS-2. An empty text is one segment.
 */
export function countSegments(text: string): Segments {
  const characters = [...text];
  const isGsm = characters.every((c) => GSM7.has(c) || GSM7_EXTENSION.has(c));
  const costs = characters.map((c) => (isGsm ? (GSM7_EXTENSION.has(c) ? 2 : 1) : c.length));
  return {
    encoding: isGsm ? 'gsm_7' : 'ucs_2',
    units: costs.reduce((sum, cost) => sum + cost, 0),
    segments: isGsm ? countParts(costs, 160, 153) : countParts(costs, 70, 67),
  };
}
