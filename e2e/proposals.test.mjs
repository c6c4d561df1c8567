// Proposals on a map: a compound is given to another supplier by dragging it, by choosing in the table, and without
// scripts; what follows is shown before anything is saved (DX-1, YU-12). Routes likewise (CT-4, FC-9).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { assign, compounds, confirm, homes, issueDirective, openRound, press } from "./lib/steps.mjs";
import { prepared } from "./lib/prepare.mjs";

/** 马田镇: its communities lie apart, so that there is a map to see. */
const COMMUNITIES = ["431023101001", "431023101002", "431023101003"];

let staff, closed;

before(async () => {
  await start();
  await prepared();
  staff = await open({ login: "zhihui" });
  closed = [];
  for (const community of COMMUNITIES) {
    const [compound] = await compounds(staff, community);
    if (!compound) continue;
    await issueDirective(staff, { ...compound, plan: "fc" });
    closed.push(compound);
  }
});
after(async () => {
  await close(staff);
  await stop();
});

async function propose(page) {
  await visit(page, "/proposals");
  await press(page, "/proposals");
  return new URL(page.url()).pathname;
}

/** A compound of the map and a supplier that does not feed it, from the fields of the form. */
async function pair(page) {
  const field = page.locator("main select[name^='main:']").first();
  const [name, main] = [await field.getAttribute("name"), await field.inputValue()];
  const compound = name.slice("main:".length);
  const backup = await page.locator(`select[name='backup:${compound}']`).inputValue();
  const targets = await page
    .locator("svg.map-picture [data-drop^='main=']")
    .evaluateAll((all) => all.map((one) => new URLSearchParams(one.dataset.drop).get("main")));
  const free = targets.filter((code) => code !== main && code !== backup);
  assert.ok(free.length, "there is another supplier on the map");
  return { compound, main, to: free[0] };
}

const middle = async (locator) => {
  const box = await locator.boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
};

test("what takes long to compute says so and counts the seconds", async () => {
  const page = await open({ login: "zhihui" });
  await visit(page, "/proposals");
  // An answer that never comes.
  await page.evaluate(() => addEventListener("submit", (event) => event.preventDefault()));
  const button = page.locator("[data-slow] button");
  await button.click();
  await page.locator(".slow-words", { hasText: /正在计算，.*已等[1-9]秒/ }).waitFor();
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await close(page);
});

test("a compound that is dragged onto another supplier shows what follows, and nothing is saved", async () => {
  const page = await open({ login: "zhihui", size: { ...DESK, height: 2400 } });
  const path = await propose(page);
  await page.locator("svg.map-picture").scrollIntoViewIfNeeded();
  const { compound, to } = await pair(page);
  const [x, y] = await middle(page.locator(`[data-drag='${compound}']`));
  const [toX, toY] = await middle(page.locator(`[data-drop='main=${to}']`));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move((x + toX) / 2, (y + toY) / 2, { steps: 4 });
  await page.mouse.move(toX, toY, { steps: 4 });
  const answer = page.waitForResponse((response) => response.url().endsWith(`${path}/check`));
  await page.mouse.up();
  assert.equal((await answer).status(), 200);
  await page.locator("#consequences", { hasText: "试改，还没有保存" }).waitFor();
  assert.equal(await page.locator(`select[name='main:${compound}']`).inputValue(), to);
  assert.equal(new URL(page.url()).pathname, path, "a drag follows no link");
  await visit(page, path);
  assert.doesNotMatch(await words(page), /试改/);
  assert.deepEqual(page.trouble, []);
  await close(page);
});

test("a supplier that is chosen in the table shows what follows at once", async () => {
  const page = await open({ login: "zhihui" });
  const path = await propose(page);
  const { compound, to } = await pair(page);
  const answer = page.waitForResponse((response) => response.url().endsWith(`${path}/check`));
  await page.locator(`select[name='main:${compound}']`).selectOption(to);
  assert.equal((await answer).status(), 200);
  await page.locator("#consequences", { hasText: "试改，还没有保存" }).waitFor();
  await close(page);
});

test("without scripts a change is looked at, saved and accepted", async () => {
  const page = await open({ login: "zhihui", scripts: false, size: PHONE });
  const path = await propose(page);
  const { compound, to } = await pair(page);
  await page.locator(`select[name='main:${compound}']`).selectOption(to);
  await press(page, `${path}/accept`, { label: "看改动的后果" });
  assert.match(await words(page), /试改，还没有保存/);
  assert.equal(await page.locator(`select[name='main:${compound}']`).inputValue(), to, "what was chosen stays chosen");
  await press(page, `${path}/accept`, { label: "保存改动" });
  const next = new URL(page.url()).pathname;
  assert.notEqual(next, path);
  assert.match(await words(page), /修改记录/);
  await page.locator("input[name=despite]").check();
  await press(page, `${next}/accept`);
  assert.match(await words(page), /已分配保供单位/);
  await visit(page, path);
  assert.match(await words(page), /这一版已被新版本取代/);
  assert.deepEqual(page.trouble, []);
  await close(page);
});

/** Names on the map that cover each other or stick out. */
const covered = (page) =>
  page.evaluate(() => {
    const map = document.querySelector("svg.map-picture").getBoundingClientRect();
    const texts = [...document.querySelectorAll("svg.map-picture > svg > text[paint-order]")].filter((text) => text.getClientRects().length && text.textContent);
    const boxes = texts.map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
    const wrong = boxes.filter(({ box }) => box.left < map.left - 1 || box.right > map.right + 1).map(({ text }) => `${text} sticks out`);
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(0, index)) {
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        // The boxes of letters are a little higher than the letters.
        if (across > 2 && down > 5) wrong.push(`${a.text} covers ${b.text}`);
      }
    }
    return wrong;
  });

for (const [name, size] of [
  ["a phone", PHONE],
  ["a small window", { width: 1024, height: 768 }],
  ["a desk", DESK],
]) {
  for (const lang of ["zh", "en"]) {
    test(`an open proposal fits on ${name} (${lang}), and names cover neither each other nor the edge`, async () => {
      const page = await open({ login: "zhihui", size, lang });
      await propose(page);
      const wide = await page.evaluate((width) => document.documentElement.scrollWidth - width, size.width);
      assert.ok(wide <= 0, `${wide} px too wide`);
      assert.deepEqual(await covered(page), []);
      // From nearer: by buttons, back by keys.
      const frame = page.locator(".map-frame").first();
      const width = () => page.locator("svg.map-picture").evaluate((picture) => picture.getBoundingClientRect().width);
      const whole = await width();
      for (let press = 0; press < 4; press += 1) await frame.locator("[data-zoom=in]").click();
      assert.ok((await width()) > 6 * whole, "it is looked at from nearer");
      assert.deepEqual(await covered(page), []);
      assert.ok((await page.evaluate((most) => document.documentElement.scrollWidth - most, size.width)) <= 0);
      await frame.locator(".map-view").press("0");
      assert.equal(await width(), whole);
      assert.deepEqual(page.trouble, []);
      await close(page);
    });
  }
}

test("routes are looked at, a stop is moved without scripts, and the trips are made", async () => {
  await assign(staff);
  // Homes of the first compound order in the night's tests, and no home orders twice within its interval (FC-10).
  const compound = closed.at(-1);
  const round = await openRound(staff, { code: compound.code, total: 30 });
  const people = await homes(staff, compound.code, 2);
  await visit(staff, `${round.path}/take?compound=${compound.code}`);
  await staff.locator("textarea[name=text]").fill(["#接龙", ...people.map(({ dwelling }, index) => `${index + 1}. ${dwelling} A1`)].join("\n"));
  await press(staff, `${round.path}/chain`);
  assert.doesNotMatch(await words(staff), /FC-10/);
  for (const _ of people) {
    await visit(staff, `${round.path}/payments`);
    await press(staff, `${round.path}/payments`, { label: "已付" });
  }
  await visit(staff, round.path);
  await confirm(staff, `${round.path}/confirm`);
  await visit(staff, `${round.path}/packing`);
  await confirm(staff, `${round.path}/pack-all`);
  await press(staff, `${round.path}/boxes`);
  await staff.locator("main details summary", { hasText: "车辆" }).click();
  const vehicles = staff.locator("input[name=vehicle]");
  for (const index of [0, 1]) await vehicles.nth(index).check();
  await press(staff, `${round.path}/trips`, { label: "先看路线" });
  const path = new URL(staff.url()).pathname;
  assert.match(path, /\/routes\//);
  assert.match(await words(staff), /各车次/);

  const page = await open({ login: "zhihui", scripts: false, size: PHONE });
  await visit(page, path);
  const field = page.locator("main select[name^='trip:']").first();
  const other = (await field.inputValue()) === "0.0" ? "1.0" : "0.0";
  await field.selectOption(other);
  await press(page, `${path}/accept`, { label: "看改动的后果" });
  assert.match(await words(page), /试改，还没有保存/);
  await press(page, `${path}/accept`);
  assert.match(await words(page), /1个车次已排好/);
  const wide = await page.evaluate((width) => document.documentElement.scrollWidth - width, PHONE.width);
  assert.ok(wide <= 0, `${wide} px too wide`);
  assert.deepEqual([...page.trouble, ...staff.trouble], []);
  await close(page);
});

test("a vehicle that breaks down under way is taken over from: reported on a phone, proposed, accepted, loaded", async () => {
  const phone = await open({ login: "siji", scripts: false, size: PHONE });
  await visit(phone, "/trips");
  await phone.locator("main a[href^='/trips/']").first().click();
  const broken = new URL(phone.url()).pathname;
  await confirm(phone, `${broken}/load`);
  assert.match(await words(phone), /在途/);
  await phone.locator("main summary", { hasText: "车坏了，不能继续" }).click();
  await phone.locator("input[name=why]").fill("爆胎，停在桥头");
  await press(phone, `${broken}/break-down`);
  assert.match(await words(phone), /故障停驶.*爆胎，停在桥头/s);
  const narrow = await phone.evaluate((width) => document.documentElement.scrollWidth - width, PHONE.width);
  assert.ok(narrow <= 0, `${narrow} px too wide`);

  await visit(staff, broken);
  await staff.locator("input[name=vehicle]").first().check();
  await press(staff, `${broken}/take-over`);
  const routes = new URL(staff.url()).pathname;
  assert.match(await words(staff), /接驳路线.*爆胎，停在桥头/s);
  assert.ok(await staff.locator("svg.map-picture").count(), "there is a map");
  await press(staff, `${routes}/accept`);
  assert.match(await words(staff), /1个车次已排好/);

  await visit(phone, "/trips");
  await phone.locator("main a[href^='/trips/']", { hasText: /^T/ }).first().click();
  const takeover = new URL(phone.url()).pathname;
  assert.notEqual(takeover, broken);
  assert.match(await words(phone), /换装/);
  await confirm(phone, `${takeover}/load`);
  assert.match(await words(phone), /箱已装车/);
  await visit(phone, broken);
  assert.match(await words(phone), /已完成/);
  assert.deepEqual([...phone.trouble, ...staff.trouble], []);
  await close(phone);
});
