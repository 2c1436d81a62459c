import { expect, test } from "vitest";
import { column, fitScale, offsetOf, pictureWidth, placeAt, shownSize, zoomStep } from "../src/lib/pageLayout";

const A4 = { width: 595, height: 842 };

test("a page is as wide as its room, or so many times its size on paper", () => {
  expect(shownSize(A4, 0, "fit", 1190)).toEqual({ width: 1190, height: 1684 });
  expect(shownSize(A4, 1, "fit", 421)).toEqual({ width: 421, height: 297.5 });
  expect(shownSize({ width: 72, height: 144 }, 0, 1.5, 10)).toEqual({ width: 144, height: 288 });
  expect(fitScale({ width: 72, height: 144 }, 1, 192)).toBe(1);
});

test("steps of the zoom go on from any size", () => {
  expect([zoomStep(1, 1), zoomStep(1, -1), zoomStep(0.93, 1), zoomStep(0.93, -1)]).toEqual([1.1, 0.9, 1, 0.9]);
  expect([zoomStep(5, 1), zoomStep(0.25, -1), zoomStep(7, -1)]).toEqual([5, 0.25, 5]);
});

test("the picture has a pixel for each of the screen's", () => {
  expect([100, 320, 321, 900].map((width) => pictureWidth(width, 1))).toEqual([320, 320, 800, 1200]);
  expect([400, 401, 2000].map((width) => pictureWidth(width, 2))).toEqual([800, 1200, 2400]);
});

test("a place in a column is found again when the pages are larger", () => {
  const sizes = [100, 200, 50].map((height) => ({ width: 10, height }));
  const small = column(sizes, 10);
  expect([small.starts, small.height, small.width]).toEqual([[10, 120, 330], 390, 10]);
  expect(placeAt(small, 220)).toEqual({ index: 1, share: 0.5 });
  expect(placeAt(small, 325)).toEqual({ index: 1, share: 1 });
  expect(placeAt(small, -5)).toEqual({ index: 0, share: 0 });
  expect(placeAt(small, 9999)).toEqual({ index: 2, share: 1 });
  const large = column(
    sizes.map(({ height }) => ({ width: 20, height: height * 2 })),
    10,
  );
  expect(offsetOf(large, { index: 1, share: 0.5 })).toBe(420);
});
