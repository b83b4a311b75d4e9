/** Things to come, taken out in order of time; those of one moment in the order they were put in. */
export interface Agenda<T> {
  add(at: number, thing: T): void;
  /** When the next thing is due; Infinity when there is none. */
  nextAt(): number;
  /** Takes the next thing out. */
  take(): T | undefined;
}

interface Entry<T> {
  at: number;
  order: number;
  thing: T;
}

const isBefore = <T>(a: Entry<T>, b: Entry<T>): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap: a range may hold as many later changes as leads. */
export function createAgenda<T>(): Agenda<T> {
  const heap: Entry<T>[] = [];
  let added = 0;

  const swap = (a: number, b: number): void => {
    // Both positions are within the heap; the casts only tell the compiler so.
    const entry = heap[a] as Entry<T>;
    heap[a] = heap[b] as Entry<T>;
    heap[b] = entry;
  };
  const comesBefore = (a: number, b: number): boolean =>
    isBefore(heap[a] as Entry<T>, heap[b] as Entry<T>);

  return {
    add(at, thing) {
      heap.push({ at, order: added, thing });
      added += 1;
      let child = heap.length - 1;
      while (child > 0) {
        const parent = (child - 1) >> 1;
        if (!comesBefore(child, parent)) break;
        swap(child, parent);
        child = parent;
      }
    },
    nextAt: () => heap[0]?.at ?? Infinity,
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length === 0) return first.thing;
      heap[0] = last;
      let parent = 0;
      for (;;) {
        const left = parent * 2 + 1;
        if (left >= heap.length) break;
        const right = left + 1;
        const child = right < heap.length && comesBefore(right, left) ? right : left;
        if (!comesBefore(child, parent)) break;
        swap(child, parent);
        parent = child;
      }
      return first.thing;
    },
  };
}
