import { describe, expect, test } from "vitest";
import { markedWords, needles, phrase, ranges } from "../src/lib/marks";

const marked = (text: string, query: string) => ranges(text, needles(query)).map(([from, to]) => text.slice(from, to));

describe("what a search marks in a text", () => {
  test("words, whatever their case, accents and endings", () => {
    expect(marked("An invoice, two Invoices and an inVOICED sum", "invoice")).toEqual([
      "invoice",
      "Invoices",
      "inVOICED",
    ]);
    expect(marked("Große Grüße aus Köln", "grusse KOLN")).toEqual(["Grüße", "Köln"]);
    expect(marked("a contract and a contrast", "contract")).toEqual(["contract"]);
    expect(marked("the plan of a plant", "the of")).toEqual(["the", "of"]);
  });

  test("words in a row, and beginnings", () => {
    expect(marked("red fox, red dog, Red, fox", '"red fox"')).toEqual(["red", "fox", "Red", "fox"]);
    expect(marked("red fox and a fox", "red-fox")).toEqual(["red", "fox"]);
    expect(marked("invoke the invoice", "invoi*")).toEqual(["invoice"]);
    expect(marked("invoices", '"invoice"')).toEqual([]);
  });

  test("nothing of what is left out, and no operators", () => {
    expect(marked("cats OR dogs or birds", "cats OR dogs -birds")).toEqual(["cats", "dogs"]);
    expect(marked("anything", '  "" - * ')).toEqual([]);
    expect(marked('an "open quote', '"open quote')).toEqual(["open", "quote"]);
  });

  test("scripts without spaces, character by character", () => {
    expect(marked("この請求書は、請う", "請求書")).toEqual(["請", "求", "書"]);
    expect(marked("한국어를 배우다", "한국")).toEqual(["한", "국"]);
    expect(marked("ภาษาที่ใช้ทำ", "ที่")).toEqual(["ที่"]);
    expect(marked("счёт и счета", "счет")).toEqual(["счёт", "счета"]);
  });

  test("a selection is a phrase as it stands", () => {
    expect(ranges("one two three", phrase('two "three'))).toEqual([
      [4, 7],
      [8, 13],
    ]);
  });
});

describe("what a search marks on a page", () => {
  const page = (...texts: string[]) => texts.map((text) => ({ text }));
  const found = (words: { text: string; isDivided?: boolean }[], query: string) => [
    ...markedWords(words, needles(query)),
  ];

  test("words with their punctuation, and several in one place", () => {
    expect(found(page("(Zebra),", "zebra-stripes", "zebu"), "zebra")).toEqual([0, 1]);
    expect(found(page("one", "two", "three"), '"two three"')).toEqual([1, 2]);
    expect(found(page("請", "求", "書"), "求書")).toEqual([1, 2]);
    expect(found(page("one"), "")).toEqual([]);
  });

  test("both parts of a word that a line's end divides", () => {
    const words = [{ text: "an" }, { text: "exam-", isDivided: true }, { text: "ple." }, { text: "more" }];
    expect(found(words, "example")).toEqual([1, 2]);
    expect(found(words, '"example more"')).toEqual([1, 2, 3]);
  });
});
