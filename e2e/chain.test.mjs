// The liaison pastes a chain message on a phone: every line comes back (FC-3, X-3).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { prepared } from "./lib/prepare.mjs";
import { press } from "./lib/steps.mjs";

let county, page, take, lines;

before(async () => {
  await start();
  county = await prepared();
  page = await open({ size: PHONE, login: "lianluo" });
  take = `${county.round.path}/take?compound=${county.compound.code}`;
  const [first, second, third] = county.homes.slice(2);
  lines = [
    "#接龙",
    "春晖新村 明天送菜，今晚六点截止",
    `1. ${first.dwelling} A1`,
    `2. ${second.dwelling} A两份 B1份`,
    `3. ${third.dwelling} 半份A`,
    "4. 99-9-9901 A1",
    "谢谢各位邻居，辛苦了",
  ];
});
after(async () => {
  await close(page);
  await stop();
});

const paste = async () => {
  await visit(page, take);
  await page.locator("textarea[name=text]").fill(lines.join("\n"));
  await press(page, `${county.round.path}/chain`);
  return words(page);
};

/** The lines of a table as { number, text, result }. */
const table = async (title) => {
  const rows = page.locator("main section", { has: page.locator("h2", { hasText: title }) }).locator("tbody tr");
  return rows.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent.trim())),
  );
};

test("clear lines are ordered, doubtful ones asked, and no line is dropped", async () => {
  const text = await paste();
  assert.match(text, /已登记2单/);
  assert.match(text, /每一行都在下面，一行也没有丢/);
  const orders = await table("订单");
  assert.deepEqual(orders.map(([number]) => number), ["3", "4"]);
  for (const row of orders) assert.match(row[3], /R\d{3}-\d\d-\d{4}/);
  const open = [...(await table("需要确认")), ...(await table("没有认出的行"))];
  const asked = open.map(([number]) => number);
  assert.ok(asked.includes("5"), "half a pack is a question");
  assert.ok(asked.includes("6"), "a home that does not exist is not dropped");
  await page.locator("main details summary", { hasText: "标题、说明等行" }).click();
  const shown = await words(page);
  for (const line of lines) assert.ok(shown.includes(line), `“${line}” is not shown`);
});

test("what was pasted stays in the box until every line is settled", async () => {
  assert.equal(await page.locator("textarea[name=text]").inputValue(), lines.join("\n"));
});

test("the same message pasted again orders nothing twice", async () => {
  await paste();
  const orders = await table("订单");
  assert.equal(orders.length, 2);
  for (const row of orders) assert.match(row[3], /没有变化/);
});

test("unsent text is still there after the page was left", async () => {
  await visit(page, take);
  await page.locator("textarea[name=text]").fill("还没贴完");
  await visit(page, county.round.path);
  await visit(page, take);
  assert.equal(await page.locator("textarea[name=text]").inputValue(), "还没贴完");
  await page.locator("button", { hasText: "清除" }).click();
  assert.equal(await page.locator("textarea[name=text]").inputValue(), "");
});

test("one home is ordered for by the form beside it", async () => {
  await visit(page, take);
  const form = page.locator(`main form[action='${county.round.path}/orders']`);
  await form.locator("input[name=dwelling]").fill(county.homes[6].dwelling);
  await form.locator(`input[name='q:${county.round.packs[0]}']`).fill("1");
  await press(page, `${county.round.path}/orders`);
  assert.match(page.url(), /\/orders\/./);
  assert.match(await words(page), /已下单/);
});

test("nothing went wrong behind the pages", () => assert.deepEqual(page.trouble, []));
