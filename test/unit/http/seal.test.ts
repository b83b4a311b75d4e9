import { createSeal } from '../../../scoring-service/src/http/seal.js';

const TEXT = '{"token":"ll_0_example","name":"Zoë"}';

describe('a seal', () => {
  test('gives back to the same caller what it closed', () => {
    const sealed = createSeal('secret', 'purpose').close(TEXT);
    expect(sealed).not.toContain('example');
    expect(createSeal('secret', 'purpose').open(sealed)).toBe(TEXT);
  });

  test('opens nothing for another caller or another purpose', () => {
    const sealed = createSeal('secret', 'purpose').close(TEXT);
    expect(() => createSeal('other', 'purpose').open(sealed)).toThrow();
    expect(() => createSeal('secret', 'other').open(sealed)).toThrow();
  });

  test('notices a change of what it closed', () => {
    const seal = createSeal('secret', 'purpose');
    const bytes = Buffer.from(seal.close(TEXT), 'base64');
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    expect(() => seal.open(bytes.toString('base64'))).toThrow();
  });

  test('never closes the same text alike, so that repeats do not show', () => {
    const seal = createSeal('secret', 'purpose');
    expect(seal.close(TEXT)).not.toBe(seal.close(TEXT));
  });
});
