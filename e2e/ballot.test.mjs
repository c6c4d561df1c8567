// A round sold by ballot as residents and the liaison meet it, on a phone (FC-10, ballot).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, close, open, start, stop, visit, words } from "./lib/browser.mjs";
import { prepared } from "./lib/prepare.mjs";
import { confirm, openRound, press } from "./lib/steps.mjs";

let county, staff, resident, round;

before(async () => {
  await start();
  county = await prepared();
  staff = await open({ size: DESK, login: "zhihui" });
  round = await openRound(staff, { code: county.compound.code, total: 1, packs: 1, title: "摇号", release: "ballot" });
  resident = await open({ size: PHONE });
});
after(async () => {
  await close(staff);
  await close(resident);
  await stop();
});

/** Asks for one pack as a home and comes back to the page of the request. */
async function ask(home) {
  await visit(resident, round.order);
  await resident.locator("input[name=dwelling]").fill(home.dwelling);
  await resident.locator("input[name=phone]").fill(home.phone);
  await resident.locator(`input[name='q:${round.packs[0]}']`).fill("1");
  await press(resident, round.order);
}

test("the page says that a request is no promise, and shows the commitment", async () => {
  await visit(resident, round.order);
  const text = await words(resident);
  assert.match(text, /登记不等于抽中/);
  assert.match(text, /[0-9a-f]{64}/);
  const width = await resident.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `the page is ${width} px wide`);
});

test("requests are taken from more homes than there are packs", async () => {
  const numbers = [];
  for (const home of county.homes.slice(9, 11)) {
    await ask(home);
    const text = await words(resident);
    assert.match(text, /等待抽签/);
    assert.doesNotMatch(text, /请付款/);
    numbers.push(text.match(/您的登记号[：:\s]*(\S+)/)?.[1]);
  }
  assert.ok(numbers.every(Boolean) && numbers[0] !== numbers[1], `${numbers}`);
});

test("before the draw only the commitment is out", async () => {
  await visit(resident, `${round.order}/draw`);
  assert.match(await words(resident), /还没有抽签/);
});

test("the draw is published: one is drawn, the other is not, and nobody is named", async () => {
  await visit(staff, round.path);
  await confirm(staff, `${round.path}/cut-off`);
  assert.match(await words(staff), /抽/);
  await visit(resident, `${round.order}/draw`);
  const text = await words(resident);
  assert.match(text, /未抽中/);
  assert.match(text, /抽中/);
  for (const home of county.homes.slice(9, 11)) {
    assert.ok(!home.head || !text.includes(home.head), "no names in the list");
    assert.ok(!text.includes(home.phone), "no phones in the list");
  }
});

test("the published file can be downloaded", async () => {
  const answer = await resident.request.get(new URL(`${round.order}/draw.json`, resident.url()).href);
  assert.equal(answer.status(), 200);
  const drawing = await answer.json();
  assert.ok(drawing.commitment && JSON.stringify(drawing).includes("seed"));
});

test("nothing went wrong behind the pages", () => assert.deepEqual([...staff.trouble, ...resident.trouble], []));
