// What the staff do before residents can order, through the pages and with or without scripts.
import { visit, words } from "./browser.mjs";

/**
 * Presses the last button of a form of the main part and waits for the page that answers. Where several forms go to
 * the same place, `label` names the button or `holds` something that stands in the form.
 */
export async function press(page, form, { label, holds } = {}) {
  const forms = page.locator(`main form[action='${form}']`, holds ? { has: page.locator(holds) } : {});
  const button = forms.locator("button:not([type=button])", label ? { hasText: label } : {}).last();
  if (!(await button.count())) throw new Error(`no button ${label ?? ""} for ${form} on ${page.url()}: ${await words(page)}`);
  await Promise.all([page.waitForEvent("framenavigated"), button.click()]);
  await page.waitForLoadState("load");
}

/** Opens what a confirming button hides, and confirms. */
export async function confirm(page, form) {
  const closed = page.locator("main details", { has: page.locator(`form[action='${form}']`) }).last();
  if (!(await closed.evaluate((part) => part.open))) await closed.locator("summary").click();
  await press(page, form);
}

/** The compounds registered in an area, as { code, name }. */
export async function compounds(page, area) {
  await visit(page, `/registers/compounds?area=${area}`);
  const rows = page.locator("main table a[href*='/entry?code=']");
  return rows.evaluateAll((links) =>
    links.map((link) => ({ code: new URL(link.href).searchParams.get("code"), name: link.textContent.trim() })),
  );
}

/** Puts a plan in force in a compound that is found by its name. */
export async function issueDirective(page, { name, code, plan, level = "control", risk = "medium" }) {
  await visit(page, "/directives/new");
  await page.locator("input[name=find]").fill(name);
  await Promise.all([page.waitForURL(/find=/), page.locator("form[action='/directives/new'] button").click()]);
  await page.locator("select[name=area]").selectOption(code);
  await page.locator("select[name=level]").selectOption(level);
  await page.locator("select[name=risk]").selectOption(risk);
  await page.locator("select[name=plan]").selectOption(plan);
  await page.locator("input[name=ordered_by]").fill("县指挥部第3号令，指挥长");
  await press(page, "/directives");
  const answer = new URL(page.url());
  if (answer.pathname !== "/rules") throw new Error(`no directive: ${await words(page)}`);
}

/** Computes an assignment for the county and accepts it; gives the path of the proposal. */
export async function assign(page) {
  await visit(page, "/proposals");
  await press(page, "/proposals");
  const path = new URL(page.url()).pathname;
  if (!/^\/proposals\/./.test(path)) throw new Error(`no proposal: ${await words(page)}`);
  await press(page, `${path}/accept`);
  const said = await words(page);
  if (!/已分配保供单位|compounds assigned/.test(said)) throw new Error(`not accepted: ${said}`);
  return path;
}

/** Opens a round with the supplier that feeds the compound; gives its path, the order link's path and the packs. */
export async function openRound(page, { code, mode = "C", total = 60, packs = 3, title = "", release = "" }) {
  const supplier = await mainSupplier(page, code);
  await page.locator(`input[name=mode][value='${mode}']`).check({ force: true });
  const ticked = page.locator("input[name=compound]:checked");
  while (await ticked.count()) await ticked.first().uncheck({ force: true });
  await page.locator(`input[name=compound][value='${code}']`).check({ force: true });
  const fields = page.locator("input[name^='total:']");
  const offered = [];
  for (let index = 0; index < Math.min(packs, await fields.count()); index += 1) {
    await fields.nth(index).fill(String(total));
    offered.push((await fields.nth(index).getAttribute("name")).slice("total:".length));
  }
  await page.locator("input[name=title]").fill(title);
  if (release) await page.locator(`input[name=release][value='${release}']`).check({ force: true });
  await press(page, "/rounds");
  const path = new URL(page.url()).pathname;
  if (!/^\/rounds\/./.test(path)) throw new Error(`no round: ${await words(page)}`);
  await visit(page, `${path}/share?compound=${code}`);
  const link = await page.locator("main a[href*='/o/']").first().getAttribute("href");
  return { path, supplier, packs: offered, order: new URL(link).pathname };
}

/** Leaves the form for a new round open at the supplier that is assigned to a compound. */
async function mainSupplier(page, code) {
  await visit(page, "/rounds/new");
  const options = page.locator("select[name=supplier] option");
  const known = await options.evaluateAll((all) =>
    all.filter((one) => one.value && /负责|feeds/.test(one.textContent)).map((one) => one.value),
  );
  for (const supplier of known) {
    await page.locator("select[name=supplier]").selectOption(supplier);
    await Promise.all([
      page.waitForURL((address) => address.searchParams.get("supplier") === supplier),
      page.locator("form[action='/rounds/new'] button").click(),
    ]);
    if (await page.locator(`input[name=compound][value='${code}']:checked`).count()) return supplier;
  }
  throw new Error(`no supplier feeds ${code}`);
}

/** Homes of a compound that are lived in and have a phone, seen in full through the logged click. */
export async function homes(page, code, number) {
  await visit(page, `/registers/households?area=${code}`);
  const links = page.locator("main table tbody tr a[href*='/entry?code=']");
  const paths = await links.evaluateAll((all) => all.map((link) => new URL(link.href).pathname + new URL(link.href).search));
  const found = [];
  for (const path of paths) {
    if (found.length === number) break;
    await visit(page, path);
    const reason = page.locator("input[name=reason]");
    if (!(await reason.count())) continue;
    await reason.fill("浏览器测试：代居民下单");
    await press(page, "/registers/households/unmask");
    const facts = await page.locator("main dl").first().evaluate((list) => {
      const terms = [...list.querySelectorAll("dt")];
      return Object.fromEntries(terms.map((term) => [term.textContent, term.nextElementSibling.textContent]));
    });
    const phone = facts["联系电话"];
    if (!phone || facts["居住状态"] === "空置" || Number(facts["人口数"] ?? 0) < 1) continue;
    const dwelling = [facts["楼栋"], facts["单元"], facts["房号"]].filter(Boolean).join("-");
    found.push({ code: new URLSearchParams(path.split("?")[1]).get("code"), dwelling, phone, head: facts["户主"] });
  }
  if (found.length < number) throw new Error(`${code} has only ${found.length} homes with a phone`);
  return found;
}
