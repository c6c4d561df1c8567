// The market of the morning: the tile of the board, the report behind it, and a report that comes in as a file (YO-4, YU-4, RN-1).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { prepared } from "./lib/prepare.mjs";
import { press } from "./lib/steps.mjs";

before(async () => {
  await start();
  await prepared();
});
after(stop);

/** Today as the county writes it. */
const today = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);

for (const [name, size] of [
  ["a phone", PHONE],
  ["a desk", DESK],
]) {
  test(`the tile of the board leads to the report on ${name}`, async () => {
    const page = await open({ size, login: "zhihui" });
    await visit(page, "/board");
    assert.match(await words(page), /市场监测：最近一次日报/);
    const tile = page.locator("main a[href^='/reports/market']", { hasText: "市场预警" });
    assert.match(await tile.innerText(), /[ⅠⅡⅢⅣ]级/);
    assert.match(await tile.innerText(), /大白菜/);
    await Promise.all([page.waitForURL(/\/reports\/market/), tile.click()]);
    const text = await words(page);
    for (const part of ["需要处置的", "脱销", "抢购", "今天还没有上报的企业", "怎么算的", "分级标准"]) {
      assert.ok(text.includes(part), `no ${part}`);
    }
    assert.deepEqual(page.trouble, []);
    await close(page);
  });
}

test("what needs action stands before what is calm", async () => {
  const page = await open({ size: DESK, login: "zhihui" });
  await visit(page, "/reports/market");
  const first = page.locator("main table").first().locator("tbody tr").first();
  assert.match(await first.innerText(), /脱销/);
  await close(page);
});

test("a report that comes in as a file is seen at once", async () => {
  const page = await open({ size: DESK, login: "zhihui" });
  const rows = ["城南便民店", "城北便民店"].map((shop) => `${today()},${shop},面粉,5.20,0,0,脱销`);
  const text = ["日期,企业,品种,零售价（元/公斤）,当日销量（公斤）,库存（公斤）,供应情况", ...rows, ""].join("\n");
  await visit(page, "/imports");
  const file = { name: "监测日报.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.locator("main input[type=file]").setInputFiles([file]);
  await press(page, "/imports");
  const path = new URL(page.url()).pathname;
  await press(page, `${path}/apply`);
  assert.match(await words(page), /已导入/);
  await visit(page, "/reports/market");
  const said = await words(page);
  assert.match(said, /城南便民店/);
  assert.match(said, /2家中2家脱销/);
  assert.deepEqual(page.trouble, []);
  await close(page);
});
