// Scarce packs are shared among compounds by need: the table, a number changed with what follows at once, and the round
// (YU-7, EM-5).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { compounds, issueDirective, press } from "./lib/steps.mjs";

/** 坳头上社区; no other file of tests closes it. */
const COMMUNITY = "431023001004";

let staff, closed;

before(async () => {
  await start();
  staff = await open({ login: "zhihui" });
  closed = (await compounds(staff, COMMUNITY)).slice(0, 2);
  assert.equal(closed.length, 2, "two compounds to share among");
  for (const compound of closed) await issueDirective(staff, { ...compound, plan: "fc" });
});
after(async () => {
  await close(staff);
  await stop();
});

/** Fills in the form for a round that shares its packs by need, and sends it. */
async function share(page, total) {
  await visit(page, "/registers/goods");
  const goods = page.locator("main table a[href*='/entry?code=']");
  const codes = await goods.evaluateAll((links) => links.map((link) => new URL(link.href).searchParams.get("code")));
  const supplier = codes[0].split("/")[0];
  await visit(page, `/rounds/new?supplier=${encodeURIComponent(supplier)}`);
  await page.locator("input[name=mode][value='C']").check({ force: true });
  const ticked = page.locator("input[name=compound]:checked");
  while (await ticked.count()) await ticked.first().uncheck({ force: true });
  for (const { code } of closed) await page.locator(`input[name=compound][value='${code}']`).check({ force: true });
  await page.locator("input[name=division][value='need']").check({ force: true });
  await page.locator("input[name^='total:']").first().fill(String(total));
  await press(page, "/rounds");
  const path = new URL(page.url()).pathname;
  assert.match(path, /^\/allocations\//, await words(page));
  return path;
}

const numbers = async (page) => {
  const fields = page.locator("main input[name^='give:']");
  return Promise.all((await fields.all()).map(async (field) => Number(await field.inputValue())));
};

test("packs are shared by need, a number is changed with what follows at once, and the round opens with it", async () => {
  const path = await share(staff, 21);
  const text = await words(staff);
  for (const part of ["还没有开团", "基尼系数", "先后档次", "核验"]) assert.ok(text.includes(part), part);
  const [one, other] = await numbers(staff);
  assert.equal(one + other, 21);
  const fields = staff.locator("main input[name^='give:']");
  // One more than there is: said at once, and nothing is saved.
  const over = staff.waitForResponse((response) => response.url().endsWith(`${path}/check`));
  await fields.nth(0).fill(String(one + 1));
  await fields.nth(0).blur();
  assert.equal((await over).status(), 200);
  await staff.locator("#consequences", { hasText: "分得比有的多" }).waitFor();
  const tried = staff.waitForResponse((response) => response.url().endsWith(`${path}/check`));
  await fields.nth(1).fill(String(other - 1));
  await fields.nth(1).blur();
  await tried;
  await staff.locator("#consequences", { hasText: "按办法分会是" }).waitFor();
  await press(staff, `${path}/accept`);
  assert.match(new URL(staff.url()).pathname, /^\/rounds\//, await words(staff));
  await staff.locator("main a", { hasText: "办法和分配表" }).click();
  await staff.waitForURL(/\/allocations\//);
  const kept = await words(staff);
  assert.ok(kept.includes("人工改动") && kept.includes("已采纳"), kept);
});

test("without scripts the consequences come with a button, and on a phone nothing sticks out", async () => {
  const page = await open({ login: "zhihui", scripts: false, size: { width: 390, height: 844 } });
  const path = await share(page, 15);
  const [one] = await numbers(page);
  await page.locator("main input[name^='give:']").first().fill(String(one - 1));
  await press(page, `${path}/accept`, { label: "看改动的后果" });
  assert.ok((await words(page)).includes("试改，还没有保存"));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${wide} px stick out`);
  await close(page);
});
