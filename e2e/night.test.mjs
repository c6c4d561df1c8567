// From a paid order to the door, each by the person who does it, on the screen that person has (FC-5…FC-9, DX-3, DX-4).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, close, open, printed, start, stop, visit, words } from "./lib/browser.mjs";
import { prepared } from "./lib/prepare.mjs";
import { assign, compounds, confirm, homes, issueDirective, openRound, press } from "./lib/steps.mjs";

/** 马田镇和平路社区: far enough from the county seat to have suppliers of its own. */
const COMMUNITY = "431023101001";

let staff, phone, compound, round, people, trip;

before(async () => {
  await start();
  await prepared();
  staff = await open({ login: "zhihui" });
  phone = await open({ login: "zhihui", size: PHONE });
  [compound] = await compounds(staff, COMMUNITY);
  for (const plan of ["fc", "dx"]) await issueDirective(staff, { ...compound, plan });
  await assign(staff);
  round = await openRound(staff, { code: compound.code, total: 30 });
  people = await homes(staff, compound.code, 4);
  await visit(staff, `${round.path}/take?compound=${compound.code}`);
  const lines = people.map(({ dwelling }, index) => `${index + 1}. ${dwelling} A1`);
  await staff.locator("textarea[name=text]").fill(["#接龙", ...lines].join("\n"));
  await press(staff, `${round.path}/chain`);
  assert.match(await words(staff), /已登记4单/);
});
after(async () => {
  await close(staff);
  await close(phone);
  await stop();
});

test("payments are matched by dwelling, one is ticked by hand, one stays unpaid", async () => {
  await visit(staff, `${round.path}/payments`);
  const price = await staff.locator("main table tbody tr").first().locator("td").allInnerTexts();
  const amount = price.map((cell) => cell.trim()).find((cell) => /^\d+\.\d\d$/.test(cell));
  assert.ok(amount, `no amount among ${price}`);
  await staff.locator("textarea[name=text]").fill(people.slice(0, 2).map((home) => `${home.dwelling} ${amount}`).join("\n"));
  await press(staff, `${round.path}/transfers`, { holds: "textarea" });
  assert.match(await words(staff), /已对上：2 \/ 2/);
  await visit(staff, `${round.path}/payments`);
  await press(staff, `${round.path}/payments`, { label: "已付" });
  assert.match(await words(staff), /已登记付款/);
});

test("the round is confirmed and the unpaid order expires (FC-6)", async () => {
  await visit(staff, round.path);
  await confirm(staff, `${round.path}/confirm`);
  assert.match(await words(staff), /1单未付作废/);
});

test("bags are packed and boxed, and the chosen vehicle gets a trip", async () => {
  await visit(staff, `${round.path}/packing`);
  await confirm(staff, `${round.path}/pack-all`);
  assert.match(await words(staff), /3袋已装好/);
  await press(staff, `${round.path}/boxes`);
  assert.match(await words(staff), /1箱已装好/);
  const vehicle = staff.locator("input[name=vehicle]").first();
  await staff.locator("main details summary", { hasText: "车辆" }).click();
  await vehicle.check();
  await press(staff, `${round.path}/trips`);
  assert.match(await words(staff), /1个车次已排好/);
  trip = await staff.locator("main a[href^='/trips/']").first().getAttribute("href");
});

test("bag labels are printed from the browser at their size, on each kind of paper (DX-3)", async () => {
  const at = `/labels?round=${round.path.split("/")[2]}&format=page`;
  const papers = [["a4", 1, [210, 297]], ["roll", 3, [100, 70]], ["continuous", 3, [80, 45]]];
  for (const [sheet, pages, size] of papers) {
    await visit(staff, `${at}&sheet=${sheet}`);
    assert.deepEqual(await printed(staff), Array(pages).fill(size), sheet);
  }
});

test("the trip is loaded, arrives and is handed over at the gate on a phone", async () => {
  await visit(phone, trip);
  await confirm(phone, `${trip}/load`);
  // Where the community's vehicle fetches, the first stop is the supplier's.
  for (let stops = 0; stops < 3 && (await phone.locator(`main form[action='${trip}/hand-over']`).count()) === 0; stops += 1) {
    await press(phone, `${trip}/arrive`);
  }
  await phone.locator("main input[name=received_by]").first().fill("门岗 演示");
  await press(phone, `${trip}/hand-over`);
  assert.deepEqual(phone.trouble, []);
});

test("every bag is handed over, and its order shows each hand that it went through", async () => {
  await visit(phone, `${round.path}/handover?compound=${compound.code}`);
  await press(phone, `${round.path}/hand-all`);
  await visit(staff, round.path);
  assert.equal((await words(staff)).match(/已交付/g)?.length >= 3, true);
  const order = staff.locator("main tr", { hasText: "已交付" }).locator("a[href^='/orders/']").first();
  await visit(staff, await order.getAttribute("href"));
  const rows = await staff.locator("main section", { hasText: "经过（每一步都有经手人）" }).locator("tbody tr").count();
  assert.ok(rows >= 5, `${rows} steps`);
});

test("the statement balances and is settled", async () => {
  await visit(staff, `${round.path}/settlement`);
  assert.match(await words(staff), /差额 0(\.00)?\s*元/);
  await confirm(staff, `${round.path}/settlement`);
  assert.match(await words(staff), /已结清/);
});

test("under lockdown free packs go to the group that was ticked (CT-7, YU-13)", async () => {
  await issueDirective(staff, { ...compound, plan: "yu", level: "lockdown", risk: "high" });
  const relief = await openRound(staff, { code: compound.code, mode: "relief", total: 10, packs: 1 });
  await visit(staff, `${relief.path}/relief`);
  await staff.locator("input[name=need]").first().check();
  await press(staff, `${relief.path}/relief`);
  assert.match(await words(staff), /已发放\d+户/);
});

test("the board counts what was handed over (YO-7)", async () => {
  await visit(staff, "/board");
  assert.match(await words(staff), /已交付\s*3\s*单/);
});

test("nothing went wrong behind the pages", () => assert.deepEqual([...staff.trouble, ...phone.trouble], []));
