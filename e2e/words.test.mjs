// English pages hold no Chinese but names, and large type is larger.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { PHONE, close, open, start, stop, visit } from "./lib/browser.mjs";
import { mainPages } from "./lib/pages.mjs";
import { prepared } from "./lib/prepare.mjs";

let county, pages, names;

before(async () => {
  await start();
  county = await prepared();
  const page = await open({ login: "zhihui" });
  pages = await mainPages(county, page);
  names = await properNames(page);
  await close(page);
});
after(stop);

/** Names that stay Chinese: places, firms, compounds, and what firms call their packs and foods. */
async function properNames(page) {
  const areas = readFileSync(new URL("../demo/areas.csv", import.meta.url), "utf8").split("\n");
  const found = areas.slice(1).map((line) => line.split(",")[1]);
  for (const register of ["compounds", "suppliers", "goods"]) {
    for (let number = 1; number < 20; number += 1) {
      await visit(page, `/registers/${register}?page=${number}`);
      const cells = await page.locator("main table tbody td").allInnerTexts();
      if (!cells.length) break;
      // A pack's contents are one cell, such as 包菜1.5公斤；冬瓜1.5公斤; each food is a name.
      const foods = register === "goods" ? cells.flatMap((cell) => cell.split(/[\d.]+公斤[；、]?/)) : [];
      found.push(...[...cells, ...foods].map((cell) => cell.trim()).filter((name) => name.length > 1));
    }
  }
  return [...new Set(found)].filter((name) => /\p{Script=Han}/u.test(name)).sort((one, other) => other.length - one.length);
}

/** The text without names and number plates, of which the frame of a page may speak. */
function withoutNames(text) {
  let rest = text.replace(/[\p{Script=Han}、，]+ 演示/gu, "");
  rest = names.reduce((words, name) => words.replaceAll(name, ""), rest);
  return rest.replace(/[\p{Script=Han}][A-Z][A-Z0-9]{5}/gu, "").replace(/\d+栋(\d+单元)?\d+[号室]?/g, "").replace(/\d+月\d+日/g, "");
}

test("headings, labels and buttons of English pages are English", async () => {
  const wrong = new Set();
  for (const login of new Set(pages.map((one) => one.login))) {
    const page = await open({ login, lang: "en" });
    for (const { path } of pages.filter((one) => one.login === login)) {
      await visit(page, path);
      assert.match(await page.locator("html").getAttribute("lang"), /^en/, path);
      const frame = page.locator(
        "title, h1, h2, h3, th, label, legend, button, a.button, nav a, .nav-title, .banner, .empty-title, .field-hint, .steps a, .badge",
      );
      for (const text of await frame.allTextContents()) {
        const rest = withoutNames(text);
        if (/\p{Script=Han}/u.test(rest)) wrong.add(`${login ?? "resident"} ${path}: ${text.trim().replace(/\s+/g, " ").slice(0, 80)}`);
      }
    }
    await close(page);
  }
  assert.deepEqual([...wrong], []);
});

test("Chinese pages use full-width punctuation between Chinese words", async () => {
  const wrong = new Set();
  for (const login of new Set(pages.map((one) => one.login))) {
    const page = await open({ login });
    for (const { path } of pages.filter((one) => one.login === login)) {
      await visit(page, path);
      for (const text of await page.locator("h1, h2, label, button, .empty, .notice, main p").allInnerTexts()) {
        const found = /\p{Script=Han}[,;:?!]\s*\p{Script=Han}/u.exec(text);
        if (found) wrong.add(`${login ?? "resident"} ${path}: ${text.trim().slice(0, 80)}`);
      }
    }
    await close(page);
  }
  assert.deepEqual([...wrong], []);
});

test("language and type size are switched by the links at the top, and stay", async () => {
  const page = await open({ size: PHONE });
  await visit(page, county.round.order);
  const size = () => page.locator("main p").first().evaluate((text) => Number.parseFloat(getComputedStyle(text).fontSize));
  const normal = await size();
  await page.locator(".tools a", { hasText: "长辈版" }).click();
  await page.waitForURL(new RegExp(county.round.order));
  const large = await size();
  assert.ok(large >= normal * 1.15, `${large} px against ${normal} px`);
  await page.locator(".tools a", { hasText: "English" }).click();
  await page.waitForURL(new RegExp(county.round.order));
  assert.match(await page.locator("main").innerText(), /Your home/);
  await page.reload();
  assert.match(await page.locator("main").innerText(), /Your home/);
  assert.equal(await size(), large);
  assert.deepEqual(page.trouble, []);
  await close(page);
});

test("in large type every control of an order is big enough for a thumb", async () => {
  const page = await open({ size: PHONE, elder: true });
  await visit(page, county.round.order);
  const small = await page.locator("main input:visible, main button:visible").evaluateAll((controls) =>
    controls
      .map((one) => ({ name: one.name || one.textContent, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 44)
      .map(({ name, box }) => `${name}: ${box.height} px`),
  );
  assert.deepEqual(small, []);
  await close(page);
});
