import fc from 'fast-check';

import { elementTexts } from '../../../scoring-service/src/core/json-text.js';

describe('elementTexts', () => {
  test('every element is returned as it was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.json()),
        fc.constantFrom('', ' ', '\n\t'),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (elements, space, others) => {
          const { leads: _own, ...rest } = others;
          const before = JSON.stringify(rest).slice(1, -1);
          const list = `[${space}${elements.join(`${space},${space}`)}${space}]`;
          const text = `${space}{${before}${before === '' ? '' : ','}"leads"${space}:${space}${list}${space}}`;
          expect(elementTexts(text, 'leads')).toEqual(elements);
        },
      ),
    );
  });

  test('of a repeated member the last counts, by whatever spelling', () => {
    expect(elementTexts('{"leads":[1],"le\\u0061ds":[2],"x":{"leads":[3]}}', 'leads')).toEqual([
      '2',
    ]);
  });

  test('without the member, or with something else in it, there are none', () => {
    expect(elementTexts('{"other":[1]}', 'leads')).toEqual([]);
    expect(elementTexts('{"leads":"[1]"}', 'leads')).toEqual([]);
    expect(elementTexts('{}', 'leads')).toEqual([]);
  });
});
