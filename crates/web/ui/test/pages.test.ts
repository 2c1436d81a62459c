import { expect, test } from "vitest";
import { nextPage } from "../src/api/pages";
import { browserName } from "../src/lib/browser";

test("the next page of a list is the one its Link names", () => {
  expect(nextPage('<?limit=200&cursor=eyJuYW1lIjoiYSJ9>; rel="next"')).toBe("?limit=200&cursor=eyJuYW1lIjoiYSJ9");
  for (const link of [null, "", '<https://elsewhere.example/?a>; rel="next"', '<?limit=2>; rel="prev"'])
    expect(nextPage(link)).toBe("");
});

test("a session is called by its browser and its system", () => {
  for (const [agent, name] of [
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
      "Edge on Windows",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1",
      "Safari on iPhone",
    ],
    ["curl/8.14.1", "curl"],
    ["", "Unknown browser"],
  ] as const)
    expect(browserName(agent)).toBe(name);
});
