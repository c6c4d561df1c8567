// A spreadsheet with headings of its own comes in: the heading is matched by hand and remembered, duplicates are settled side
// by side, errors come back marked, lists go out as files (SH-2, X-3).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DESK, PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { prepared } from "./lib/prepare.mjs";
import { confirm, press } from "./lib/steps.mjs";

let county, page;

before(async () => {
  await start();
  county = await prepared();
  page = await open({ size: DESK, login: "zhihui" });
});
after(async () => {
  await close(page);
  await stop();
});

const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

async function upload(...files) {
  await visit(page, "/imports");
  await page.locator("main input[type=file]").setInputFiles(files);
  await press(page, "/imports");
}

/** Rows of staff in a register that nothing else of these tests uses. */
const staff = (rows) => `姓名,手机,岗位,干啥的单位\n${rows.map((row) => row.join(",")).join("\n")}\n`;

describe("headings", () => {
  test("a heading that is not known is matched by hand and remembered", async () => {
    await upload(file("人员一.csv", staff([["魏一鸣", "13900001111", "分拣", "惠民超市"]])));
    assert.match(await words(page), /1列没有读取/);
    const select = page.locator("select[name='c:D']");
    await select.selectOption("employer");
    await press(page, `${new URL(page.url()).pathname}/mapping`);
    assert.match(await words(page), /与上次相同/);
    assert.match(await words(page), /惠民超市/, "the column is read now");
    await upload(file("人员二.csv", staff([["石二柱", "13900002222", "分拣", "万家超市"]])));
    assert.match(await words(page), /与上次相同/, "the next file with these headings is read so by itself");
    assert.match(await words(page), /万家超市/);
  });

  test("two columns cannot be the same", async () => {
    const path = new URL(page.url()).pathname;
    await page.locator("main details", { has: page.locator("select[name='c:D']") }).locator("summary").click();
    await page.locator("select[name='c:D']").selectOption("name");
    await press(page, `${path}/mapping`);
    assert.match(await words(page), /A列和D列都选成了/);
  });

  test("what is remembered can be forgotten", async () => {
    await upload(file("人员三.csv", staff([["石二柱", "13900002222", "分拣", "万家超市"]])));
    const path = new URL(page.url()).pathname;
    await page.locator("main details", { has: page.locator(`form[action='${path}/forget']`) }).locator("summary").click();
    await press(page, `${path}/forget`);
    assert.match(await words(page), /1列没有读取/);
  });
});

describe("duplicates", () => {
  test("two rows of one household stand side by side, and one of them is kept", async () => {
    const { name } = county.compound;
    const head = "社区,小区,楼栋,单元,房号,户主,人口数,联系电话";
    const row = (room, people) => `滨河路社区,${name},88,1,${room},欧阳同人,${people},13900003333`;
    await upload(file("住户.csv", [head, row("101", 2), row("102", 2), ""].join("\n")));
    assert.match(await words(page), /疑似重复/);
    const path = new URL(page.url()).pathname;
    const imports = page.locator("main button", { hasText: "确认导入" });
    assert.match(await imports.innerText(), /2/);
    await press(page, `${path}/duplicate`, { label: "保留前一行" });
    assert.match(await imports.innerText(), /1/);
    await press(page, `${path}/duplicate`, { label: "两行都保留" });
    assert.match(await imports.innerText(), /2/);
    await press(page, `${path}/duplicate`, { label: "保留后一行" });
    await press(page, `${path}/apply`);
    assert.match(await words(page), /已导入/);
    await visit(page, `/registers/households?q=13900003333&area=${county.compound.code}`);
    assert.match(await words(page), /88栋1单元102/);
    await visit(page, path);
    await confirm(page, `${path}/undo`);
    assert.match(await words(page), /已撤销/);
  });
});

describe("merging", () => {
  const rows = (rows) => ["社区,小区,楼栋,单元,房号,户主,人口数,联系电话", ...rows, ""].join("\n");

  test("two rows that contradict each other become one, cell by cell", async () => {
    const row = (people, phone) => `滨河路社区,${county.compound.name},87,1,101,司马同人,${people},${phone}`;
    await upload(file("矛盾.csv", rows([row(2, ""), row(5, "13900007777")])));
    assert.match(await words(page), /1处错误/);
    const path = new URL(page.url()).pathname;
    const cell = (key, side) => page.locator(`input[name='m:${key}'][value='${side}']`);
    assert.ok(await cell("phone", "second").isChecked(), "the fuller side is chosen already");
    await cell("members", "first").check();
    await press(page, `${path}/duplicate`, { label: "合并成一行" });
    assert.match(await words(page), /都处理好了/);
    await press(page, `${path}/apply`);
    assert.match(await words(page), /可以撤销到/);
    await visit(page, `/registers/households?q=13900007777&area=${county.compound.code}`);
    assert.match(await words(page), /87栋1单元101/);
    await upload(file("再来.csv", rows([`滨河路社区,${county.compound.name},87,,101,司马同人,6,13900007777`])));
    assert.match(await words(page), /疑似已经登记过/);
    const again = new URL(page.url()).pathname;
    await press(page, `${again}/registered`, { label: "更新已登记的" });
    assert.match(await page.locator("main button", { hasText: "确认导入" }).innerText(), /1/);
    await visit(page, path);
    await confirm(page, `${path}/undo`);
    assert.match(await words(page), /已撤销/);
  });

  test("the two sides can be picked on a phone without scripts, and nothing is wider than the screen", async () => {
    const plain = await open({ size: PHONE, login: "zhihui", scripts: false });
    const row = (people, phone) => `滨河路社区,${county.compound.name},86,1,101,夏侯同人,${people},${phone}`;
    await visit(plain, "/imports");
    await plain.locator("main input[type=file]").setInputFiles(file("手机.csv", rows([row(2, ""), row(5, "13900007778")])));
    await press(plain, "/imports");
    assert.ok(await fits(plain), "the pairs fit the screen");
    const path = new URL(plain.url()).pathname;
    await plain.locator("input[name='m:members'][value='first']").check();
    await press(plain, `${path}/duplicate`, { label: "合并成一行" });
    assert.match(await words(plain), /核对通过/);
    assert.deepEqual(plain.trouble, []);
    await close(plain);
  });
});

/** Whether the page is no wider than its window. */
const fits = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

describe("a table of no known form", () => {
  const table = (name) => `某街道摸底,,,\n负责人,怎么找他,干啥活,哪个单位的\n${name},13900008888,分拣,惠民超市\n`;

  test("is matched by hand on a phone, step by step, and known the next time", async () => {
    const phone = await open({ size: PHONE, login: "zhihui" });
    await visit(phone, "/imports");
    await phone.locator("main input[type=file]").setInputFiles(file("摸底.csv", table("上官一鸣")));
    await press(phone, "/imports");
    const path = new URL(phone.url()).pathname;
    assert.match(await words(phone), /还没有认出这是哪一张表/);
    await Promise.all([phone.waitForURL(/\/match/), phone.locator("main a", { hasText: "手工对应" }).click()]);
    assert.ok(await fits(phone), "the first step fits the screen");
    await phone.locator("select[name=form]").selectOption("staff");
    await phone.locator("input[name=row][value='2']").check({ force: true });
    await Promise.all([phone.waitForURL(/row=2/), phone.locator("main button", { hasText: "下一步" }).click()]);
    for (const [letter, key] of [["A", "name"], ["B", "phone"], ["C", "post"], ["D", "employer"]]) {
      await phone.locator(`select[name='c:${letter}']`).selectOption(key);
    }
    assert.ok(await fits(phone), "the second step fits the screen");
    await press(phone, `${path}/mapping`);
    assert.match(await words(phone), /核对通过/);
    assert.deepEqual(phone.trouble, []);
    await close(phone);
    await upload(file("摸底二.csv", table("上官二柱")));
    assert.match(await words(page), /核对通过/);
    assert.match(await words(page), /与上次相同/);
  });
});

describe("errors", () => {
  test("the file comes back with its wrong cells marked", async () => {
    await upload(file("小区.csv", `社区,小区,户数\n没有的社区,甲小区,120\n滨河路社区,乙小区,好多\n`));
    assert.match(await words(page), /没有写入任何数据/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("main a", { hasText: "下载标好错误的原表" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^小区（标错）\.xlsx$/);
    assert.equal(await download.failure(), null);
  });

  test("a long file is read by a job whose page reloads by itself, without scripts", async () => {
    const plain = await open({ size: PHONE, login: "zhihui", scripts: false });
    const rows = Array.from({ length: 60_000 }, (_, index) => `人${index},139${String(index).padStart(8, "0")},分拣,某单位第${index}号仓库`);
    await visit(plain, "/imports");
    await plain.locator("main input[type=file]").setInputFiles(file("很长.csv", `姓名,手机,岗位,单位\n${rows.join("\n")}\n`));
    await press(plain, "/imports");
    assert.match(plain.url(), /\/imports\/reading\//);
    assert.match(await words(plain), /已读取|已读完/);
    await plain.waitForURL(/\/imports\/[0-9a-f]{32}$/, { timeout: 120_000 });
    assert.match(await words(plain), /60,000/);
    assert.deepEqual(plain.trouble, []);
    await close(plain);
  });
});

test("lists go out as files, with what the page shows", async () => {
  const lists = [
    `/coverage?area=${county.compound.code}`, "/rounds", "/trips", "/proposals", "/lists", "/directives",
    `${county.round.path}/payments`, `${county.round.path}/packing`, "/advances", `/lists/${county.compound.code}?tab=people`,
    "/imports",
  ];
  for (const path of lists) {
    await visit(page, path);
    const menu = page.locator("main details.export").first();
    await menu.locator("summary").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      menu.locator("a", { hasText: "CSV 带HXL标签" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /\.csv$/, path);
    assert.equal(await download.failure(), null, path);
  }
});

test("nothing went wrong behind the pages", () => assert.deepEqual(page.trouble, []));
