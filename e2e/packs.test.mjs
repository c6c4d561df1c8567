// Packs from what a supplier has in stock (CQ-4): asked for, looked at, a good replaced (YU-6) with what follows shown at once,
// accepted, and offered in a new round.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { press } from "./lib/steps.mjs";
import { prepared } from "./lib/prepare.mjs";

let county;

before(async () => {
  await start();
  county = await prepared();
});
after(stop);

/** Asks for the packs that the form proposes, with the supplier of the prepared round; gives the path of the proposal. */
async function compose(page) {
  await visit(page, `/packs/new?supplier=${county.round.supplier}`);
  await press(page, "/packs");
  const path = new URL(page.url()).pathname;
  assert.match(path, /^\/packs\/./, await words(page));
  return path;
}

test("packs are composed, a good is replaced with what follows shown at once, and the round's form is filled in", async () => {
  const page = await open({ login: "zhihui" });
  await visit(page, `/packs/new?supplier=${county.round.supplier}`);
  assert.match(await words(page), /1–2人户 \d+/);
  assert.match(await words(page), /不认得的货/);
  await press(page, "/packs");
  const path = new URL(page.url()).pathname;
  const said = await words(page);
  assert.match(said, /达到标准/);
  assert.match(said, /每人每天/);
  assert.match(said, /用什么顶替/);

  await page.locator("main details summary", { hasText: "改：" }).first().click();
  const select = page.locator("select[name^='swap:0:']").first();
  const answer = page.waitForResponse((response) => response.url().endsWith(`${path}/check`));
  await select.selectOption("out");
  assert.equal((await answer).status(), 200);
  await page.locator("#consequences", { hasText: "试改，还没有保存" }).waitFor();
  await visit(page, path);
  assert.doesNotMatch(await words(page), /试改/);

  await press(page, `${path}/accept`);
  const address = new URL(page.url());
  assert.equal(address.pathname, "/rounds/new", await words(page));
  assert.match(await words(page), /已列入价目表/);
  const totals = [...address.searchParams].filter(([name]) => name.startsWith("total:"));
  assert.ok(totals.length >= 3, address.search);
  for (const [name, total] of totals) {
    assert.equal(await page.locator(`input[name='${name}']`).inputValue(), total);
  }
  assert.deepEqual(page.trouble, []);
  await close(page);
});

test("without scripts on a phone a supplier composes, changes a number, and turns it down", async () => {
  const page = await open({ login: "chaoshi", scripts: false, size: PHONE });
  await visit(page, "/packs/new");
  await page.locator("input[name='name:0']").waitFor({ state: "attached" });
  const first = page.locator("input[name='name:0']");
  if (!(await first.isVisible())) await page.locator("main details summary", { hasText: "再加一种" }).first().click();
  await first.fill("蔬菜包");
  await page.locator("input[name='persons:0']").fill("3");
  await page.locator("input[name='count:0']").fill("5");
  await page.locator("select[name='filling:0']").selectOption("vegetables");
  await press(page, "/packs");
  const path = new URL(page.url()).pathname;
  assert.match(path, /^\/packs\/./, await words(page));
  await page.locator("main details summary", { hasText: "改：" }).first().click();
  await page.locator("input[name='count:0']").fill("4");
  await press(page, `${path}/accept`, { label: "看改动的后果" });
  assert.match(await words(page), /份数 5 → 4/);
  await press(page, `${path}/accept`, { label: "保存改动" });
  assert.match(await words(page), /修改记录/);
  const wide = await page.evaluate((width) => document.documentElement.scrollWidth - width, PHONE.width);
  assert.ok(wide <= 0, `${wide} px too wide`);
  assert.deepEqual(page.trouble, []);
  await close(page);
});

for (const [name, size] of [
  ["a phone", PHONE],
  ["a desk", DESK],
]) {
  for (const lang of ["zh", "en"]) {
    test(`form and proposal fit on ${name} (${lang})`, async () => {
      const page = await open({ login: "zhihui", size, lang });
      const narrow = async () => {
        const wide = await page.evaluate((width) => document.documentElement.scrollWidth - width, size.width);
        assert.ok(wide <= 0, `${page.url()}: ${wide} px too wide`);
      };
      await visit(page, `/packs/new?supplier=${county.round.supplier}`);
      await narrow();
      await compose(page);
      await narrow();
      await visit(page, "/packs");
      await narrow();
      assert.deepEqual(page.trouble, []);
      await close(page);
    });
  }
}
