// A resident orders on a phone, with and without scripts (FC-3, FC-5, FC-10).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { prepared } from "./lib/prepare.mjs";
import { confirm, press } from "./lib/steps.mjs";

let county;

before(async () => {
  await start();
  county = await prepared();
});
after(stop);

const quantity = (page, pack) => page.locator(`input[name="q:${pack}"]`);

/** Sets a quantity as the person would: with + where scripts run, else by typing. */
async function want(page, pack, number, scripts) {
  const input = quantity(page, pack);
  if (!scripts) return input.fill(String(number));
  const stepper = page.locator("[data-stepper]", { has: input });
  for (let now = Number(await input.inputValue()); now !== number; now += now < number ? 1 : -1) {
    await stepper.locator(`[data-step='${now < number ? 1 : -1}']`).click();
  }
}

for (const [scripts, place] of [
  [true, 0],
  [false, 1],
]) {
  describe(scripts ? "with scripts" : "without scripts", () => {
    let page, status;
    const home = () => county.homes[place];
    before(async () => {
      page = await open({ size: PHONE, scripts });
    });
    after(() => close(page));

    test("the order page names packs, cut-off and the clause of the interval", async () => {
      await visit(page, county.round.order);
      const text = await words(page);
      assert.match(text, new RegExp(county.compound.name));
      assert.match(text, /截单时间/);
      assert.match(text, /每户每3天下单一次 \((FC-10|DX-2)\)/);
      for (const pack of county.round.packs) await quantity(page, pack).waitFor();
      const [step] = await page.locator("[data-step]").all();
      assert.equal(await step.isVisible(), scripts, "the + and − are shown only where they work");
    });

    test("on the narrowest phones nothing sticks out, and the words of a pack have room", async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await visit(page, county.round.order);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
      const [pack, hint] = [page.locator(".stepper").first(), page.locator(".stepper .choice-hint").first()];
      const [all, words] = [await pack.boundingBox(), await hint.boundingBox()];
      assert.ok(words.width > all.width * 0.95, `${words.width} of ${all.width} px`);
      await page.setViewportSize(PHONE);
    });

    test("a phone that is not the registered one is refused, and nothing typed is lost", async () => {
      await visit(page, county.round.order);
      await page.locator("input[name=dwelling]").fill(home().dwelling);
      await page.locator("input[name=phone]").fill("13900000000");
      await want(page, county.round.packs[0], 2, scripts);
      await press(page, county.round.order);
      assert.match(await words(page), /手机号与登记的不一致/);
      assert.equal(await page.locator("input[name=dwelling]").inputValue(), home().dwelling);
      assert.equal(await quantity(page, county.round.packs[0]).inputValue(), "2");
    });

    test("an order with the registered phone gives number, amount and what to do next", async () => {
      await visit(page, county.round.order);
      await page.locator("input[name=dwelling]").fill(home().dwelling);
      await page.locator("input[name=phone]").fill(home().phone);
      await want(page, county.round.packs[0], 1, scripts);
      if (scripts) assert.match(await page.locator("[data-order-total]").innerText(), /^¥\d+\.\d\d$/);
      await press(page, county.round.order);
      status = new URL(page.url()).pathname;
      assert.match(status, new RegExp(`^${county.round.order}/[^/]+/[0-9a-f]+$`));
      const text = await words(page);
      assert.match(text, /订单号：\s*R\d{3}-\d\d-\d{4}/);
      assert.match(text, /请付款/);
      assert.match(text, /付款截止/);
      assert.match(text, /× 1 ·/);
    });

    test("a second order of the same home in this round is refused with the reason", async () => {
      await visit(page, county.round.order);
      await page.locator("input[name=dwelling]").fill(home().dwelling);
      await page.locator("input[name=phone]").fill(home().phone);
      await want(page, county.round.packs[0], 1, scripts);
      await press(page, county.round.order);
      assert.match(await words(page), /没有下单成功/);
      assert.match(await words(page), /已下单|下一次|3天/);
    });

    test("the order is changed and its amount follows", async () => {
      await visit(page, status);
      const before = /合计 ([\d.,]+)/.exec(await words(page))[1];
      await page.locator("main details summary", { hasText: "修改份数" }).click();
      await want(page, county.round.packs[1], 1, scripts);
      await press(page, `${status}/change`);
      const text = await words(page);
      assert.equal((text.match(/× 1 ·/g) ?? []).length, 2, text);
      assert.notEqual(/合计 ([\d.,]+)/.exec(text)[1], before);
    });

    test("the order is cancelled after a question, and the home may order again", async () => {
      await visit(page, status);
      await confirm(page, `${status}/cancel`);
      assert.match(await words(page), /订单已取消/);
      await visit(page, county.round.order);
      await page.locator("input[name=dwelling]").fill(home().dwelling);
      await page.locator("input[name=phone]").fill(home().phone);
      await want(page, county.round.packs[0], 1, scripts);
      await press(page, county.round.order);
      assert.match(await words(page), /请付款/);
    });

    test("the key of another order opens nothing", async () => {
      const answer = await page.goto(new URL(status.replace(/[^/]+$/, "0000000000000000"), page.url()).href);
      assert.equal(answer.status(), 404);
    });

    test("nothing went wrong behind the pages", () => assert.deepEqual(page.trouble, []));
  });
}
