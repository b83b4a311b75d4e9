import Sequencer from '@jest/test-sequencer';

/** Files that take longest; begun last, one worker would wait for them at the end. */
const LONG =
  /test\/(browser|crash)\/|test\/service\/(cli|events\/hand-on|response\/messages)\.test/;

export default class LongFirst extends Sequencer {
  sort(tests) {
    const [long, short] = [[], []];
    for (const test of super.sort(tests)) (LONG.test(test.path) ? long : short).push(test);
    return [...long, ...short];
  }
}
