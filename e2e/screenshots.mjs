// Pictures of the main pages at the width of a phone and of a desk, in Chinese; of a few also in English and in large
// type. Run with `cargo xtask screenshots`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DESK, PHONE, close, open, start, stop, visit } from "./lib/browser.mjs";
import { fileName, mainPages } from "./lib/pages.mjs";
import { prepared } from "./lib/prepare.mjs";
import { press } from "./lib/steps.mjs";

const folder = process.env.BAOGONG_ARTIFACTS ?? "artifacts";

/** Orders of some homes, so that the pages have something to show. */
async function someOrders(county) {
  const page = await open({ size: PHONE, login: "lianluo" });
  await visit(page, `${county.round.path}/take?compound=${county.compound.code}`);
  const lines = county.homes.slice(2, 9).map(({ dwelling }, index) => `${index + 1}. ${dwelling} A${1 + (index % 2)} B1`);
  await page.locator("textarea[name=text]").fill(["#接龙", ...lines, `${lines.length + 1}. 99-9-9901 A1`].join("\n"));
  await press(page, `${county.round.path}/chain`);
  await picture(page, join(folder, "phone", "lianluo-chain-result"));
  await close(page);
}

/** What the screen shows, and the whole page where it is longer. Bars that stick to the screen stay at its edges. */
async function picture(page, path) {
  await page.screenshot({ path: `${path}.png` });
  const screen = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (height <= screen.height) return;
  await page.setViewportSize({ ...screen, height: Math.min(height, 8000) });
  await page.screenshot({ path: `${path}-whole.png` });
  await page.setViewportSize(screen);
}

async function take(pages, kind, options) {
  mkdirSync(join(folder, kind), { recursive: true });
  for (const login of new Set(pages.map((one) => one.login))) {
    const page = await open({ ...options, login });
    for (const one of pages.filter((one) => one.login === login)) {
      await visit(page, one.path);
      await picture(page, join(folder, kind, fileName(one)));
    }
    await close(page);
  }
}

await start();
try {
  const county = await prepared();
  mkdirSync(join(folder, "phone"), { recursive: true });
  await someOrders(county);
  const page = await open({ login: "zhihui" });
  const pages = await mainPages(county, page);
  await close(page);
  await take(pages, "phone", { size: PHONE });
  await take(pages, "desk", { size: DESK });
  const few = pages.filter(({ path }) => ["/", "/board", "/rounds", county.round.order].includes(path));
  await take(few, "phone-large", { size: PHONE, elder: true });
  await take(few, "desk-english", { size: DESK, lang: "en" });
} finally {
  await stop();
}
