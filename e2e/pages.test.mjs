// Every main page at the width of a phone and of a desk: it fits, its scripts run, and it asks no other host.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BASE, DESK, PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { mainPages } from "./lib/pages.mjs";
import { prepared } from "./lib/prepare.mjs";

let pages;

before(async () => {
  await start();
  const county = await prepared();
  const page = await open({ login: "zhihui" });
  pages = await mainPages(county, page);
  await close(page);
});
after(stop);

/** How far the page is wider than the screen, and what sticks out. A phone would zoom out, so the width is given. */
const overflow = (page, { width }) =>
  page.evaluate((width) => {
    const wide = document.documentElement.scrollWidth - width;
    if (wide <= 0) return { wide, by: [] };
    const out = [...document.querySelectorAll("body *")].filter(
      (one) => one.getBoundingClientRect().right > width + 1 && one.getClientRects().length,
    );
    return { wide, by: out.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)) };
  }, width);

for (const [name, size] of [
  ["a phone", PHONE],
  ["a desk", DESK],
]) {
  for (const elder of [false, true]) {
    describe(`on ${name}${elder ? " in large type" : ""}`, () => {
      test("a page that is too wide would be found", async () => {
        const page = await open({ size });
        await visit(page, "/sign-in");
        assert.equal((await overflow(page, size)).wide <= 0, true);
        await page.evaluate((width) => {
          const wide = document.createElement("div");
          wide.style.width = `${width + 200}px`;
          wide.style.height = "10px";
          document.querySelector("main").append(wide);
        }, size.width);
        assert.ok((await overflow(page, size)).wide > 0);
        await close(page);
      });

      test("every main page fits, and nothing goes wrong behind it", async () => {
        const wrong = [];
        for (const login of new Set(pages.map((one) => one.login))) {
          const page = await open({ size, login, elder });
          for (const { path } of pages.filter((one) => one.login === login)) {
            const answer = await page.goto(BASE + path);
            if (answer.status() !== 200) wrong.push(`${login} ${path}: status ${answer.status()}`);
            const { wide, by } = await overflow(page, size);
            if (wide > 0) wrong.push(`${login} ${path}: ${wide} px too wide: ${by.join(" ")}`);
            const title = await page.locator("h1").count();
            if (title !== 1) wrong.push(`${login} ${path}: ${title} first headings`);
            for (const trouble of page.trouble.splice(0)) wrong.push(`${login} ${path}: ${trouble}`);
          }
          await close(page);
        }
        assert.deepEqual(wrong, []);
      });
    });
  }
}

for (const [name, size] of [
  ["a phone", PHONE],
  ["a desk", DESK],
]) {
  test(`the headquarters' board shows its tiles on ${name} (YO-7)`, async () => {
    const page = await open({ size, login: "zhihui" });
    await visit(page, "/board");
    const text = await words(page);
    for (const tile of ["余粮不足", "余粮未知", "待解决需求", "未付款", "封闭小区", "累计订单", "累计金额", "已交付", "服务人口"]) {
      assert.ok(text.includes(tile), `no tile ${tile}`);
    }
    assert.match(text, /便江街道/);
    assert.deepEqual(page.trouble, []);
    await close(page);
  });
}

test("the menu of a phone opens, leads on and closes", async () => {
  const page = await open({ size: PHONE, login: "zhihui" });
  await visit(page, "/");
  const item = page.locator("#menu a[href='/proposals']");
  assert.equal(await item.isVisible(), false);
  await page.locator(".bottombar a[href='#menu']").click();
  await item.click();
  await page.waitForURL(/\/proposals$/);
  assert.equal(await page.locator("#menu a[href='/proposals']").isVisible(), false);
  await close(page);
});
