import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Exchanges, type UnderWay } from '../../../proxy/request/under-way.ts';

const exchange = (): UnderWay => ({ place: 0 }) as UnderWay;

test('the list of exchanges under way holds what a Set would hold', () => {
  const steps = fc.array(fc.nat({ max: 9 }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (numbers) => {
      const all = Array.from({ length: 10 }, exchange);
      const [list, model] = [new Exchanges(), new Set<UnderWay>()];
      for (const number of numbers) {
        const one = all[number] as UnderWay;
        if (model.delete(one)) list.delete(one);
        else {
          model.add(one);
          list.add(one);
        }
        expect(list.size).toBe(model.size);
        expect(new Set(list)).toStrictEqual(model);
      }
    }),
  );
});

test('who goes over the list may end what is in it', () => {
  const list = new Exchanges();
  for (let n = 0; n < 5; n += 1) list.add(exchange());
  let seen = 0;
  for (const one of list) {
    list.delete(one);
    seen += 1;
  }
  expect([seen, list.size]).toStrictEqual([5, 0]);
});
