// Without scripts the staff still sign in, issue directives, assign and open rounds: all are plain forms.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, PHONE, close, links, open, signIn, start, stop, visit, words } from "./lib/browser.mjs";
import { assign, compounds, issueDirective, openRound, press } from "./lib/steps.mjs";
import { prepared } from "./lib/prepare.mjs";

/** 文昌社区. */
const COMMUNITY = "431023001002";

let page, compound, round;

before(async () => {
  await start();
  await prepared();
  page = await open({ scripts: false });
});
after(async () => {
  await close(page);
  await stop();
});

test("a wrong password is refused in words and tells nothing about the name", async () => {
  const said = [];
  for (const login of ["zhihui", "nobody-has-this-name"]) {
    await visit(page, "/sign-in");
    await page.locator("input[name=login]").fill(login);
    await page.locator("input[name=password]").fill("not the password");
    await press(page, "/sign-in");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    said.push(await page.locator("main .notice").innerText());
  }
  assert.match(said[0], /登录名或密码不正确/);
  assert.equal(said[0], said[1]);
});

test("a page that needs signing in is shown after signing in", async () => {
  const other = await open({ scripts: false });
  await other.goto(`${BASE}/board`);
  assert.match(other.url(), /\/sign-in\?back=/);
  await other.locator("input[name=login]").fill("zhihui");
  await other.locator("input[name=password]").fill(process.env.BAOGONG_PASSWORD ?? "baogong-demo");
  await other.locator("main form[action='/sign-in'] button").click();
  await other.waitForURL(/\/board$/);
  await close(other);
});

test("a sign-in link works once, and only when its button is pressed", async (context) => {
  const path = links().get("zhiyuan");
  if (!path) return context.skip("the server's links are not known");
  const phone = await open({ size: PHONE, scripts: false });
  await visit(phone, path);
  await visit(phone, path);
  await phone.locator("main button").click();
  await phone.waitForURL((address) => address.pathname === "/");
  assert.match(await words(phone), /志愿者 演示/);
  const again = await phone.goto(BASE + path);
  assert.equal(again.status(), 410);
  await close(phone);
});

test("a directive is issued and its rules name their clauses", async () => {
  await signIn(page, "zhihui");
  [compound] = await compounds(page, COMMUNITY);
  await issueDirective(page, { ...compound, plan: "fc" });
  assert.match(await words(page), /FC-10/);
  await visit(page, "/directives");
  assert.match(await words(page), new RegExp(compound.name));
});

test("a directive without an order behind it is refused", async () => {
  await visit(page, "/directives/new");
  await page.locator("select[name=area]").selectOption(COMMUNITY);
  await page.locator("input[name=ordered_by]").fill(" ");
  await press(page, "/directives");
  assert.equal(new URL(page.url()).pathname, "/directives");
  assert.match(await page.locator("main .notice").first().innerText(), /请写明|谁的命令/);
});

test("suppliers are proposed and accepted", async () => {
  const path = await assign(page);
  await visit(page, path);
  assert.match(await words(page), new RegExp(compound.name));
  assert.match(await words(page), /已采纳/);
});

test("a round is opened and its link lets residents order", async () => {
  round = await openRound(page, { code: compound.code, mode: "A", title: "第一轮套餐" });
  const resident = await open({ size: PHONE, scripts: false });
  await visit(resident, round.order);
  assert.match(await words(resident), new RegExp(`${compound.name}.*买菜下单`));
  assert.deepEqual(resident.trouble, []);
  await close(resident);
});

test("a round that asks for more than the supplier has is refused, and what was typed stays", async () => {
  await visit(page, `/rounds/new?supplier=${round.supplier}`);
  const field = page.locator("input[name^='total:']").first();
  await field.fill("999999");
  await press(page, "/rounds");
  assert.match(await words(page), /只报了\d+份/);
  assert.equal(await page.locator("input[name^='total:']").first().inputValue(), "999999");
});

test("a form of another session is refused", async () => {
  await visit(page, "/directives/new");
  await page.context().clearCookies({ name: "session" });
  await signIn(page, "zhihui");
  const answer = await page.context().request.post(`${BASE}/directives`, { form: { token: "0".repeat(32), area: COMMUNITY } });
  assert.equal(answer.status(), 403);
});

test("nothing went wrong behind the pages", () => assert.deepEqual(page.trouble, []));
