/** How the demo speaks: chapters, numbered steps, and what came in, was decided, went out. */
export interface Teller {
  chapter(title: string): void;
  /** Begins a step and says how far the demo is. */
  step(title: string): void;
  came(text: string): void;
  decided(text: string): void;
  out(text: string): void;
  clock(text: string): void;
  line(text?: string): void;
}

const WIDTH = 100;

function wrapped(label: string, text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map(
    (part, index) => `      ${index === 0 ? label : ' '.repeat(label.length)} ${part}`,
  );
}

export function createTeller(steps: number, say: (line: string) => void): Teller {
  let step = 0;
  const tell = (label: string) => (text: string) => {
    for (const line of wrapped(label.padEnd(8), text)) say(line);
  };
  return {
    chapter(title) {
      say('');
      say(title);
      say('='.repeat(title.length));
    },
    step(title) {
      step += 1;
      say('');
      say(`[${String(step).padStart(2)}/${steps}] ${title}`);
    },
    came: tell('in'),
    decided: tell('decided'),
    out: tell('out'),
    clock: tell('clock'),
    line: (text = '') => say(text),
  };
}
