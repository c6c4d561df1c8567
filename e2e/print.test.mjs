// What the browser prints of notices and cards is what the PDF has (SH-7, CT-9, DX-2).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, close, open, printed, start, stop, visit } from "./lib/browser.mjs";
import { prepared } from "./lib/prepare.mjs";

const A4 = [210, 297];
const MM = 96 / 25.4;

let county, staff, phone;

before(async () => {
  await start();
  county = await prepared();
  staff = await open({ login: "zhihui" });
  phone = await open({ login: "zhihui", size: PHONE });
});
after(async () => {
  await close(staff);
  await close(phone);
  await stop();
});

/** The lines that are printed and read so, as boxes in millimetres. */
async function lines(page, text) {
  await page.emulateMedia({ media: "print" });
  const boxes = await page.locator(".sheet text", { hasText: text }).evaluateAll((all) =>
    all.map((line) => {
      const [box, sheet] = [line.getBoundingClientRect(), line.closest("svg").getBoundingClientRect()];
      return { left: box.left - sheet.left, top: box.top - sheet.top, width: box.width };
    }),
  );
  await page.emulateMedia({ media: null });
  return boxes.map(({ left, top, width }) => ({ left: left / MM, top: top / MM, width: width / MM }));
}

test("one card is printed four times on its sheet, to be cut along the middle", async () => {
  await visit(staff, `/reports/contact-card?area=${county.compound.code}`);
  assert.equal(await staff.locator(".leaf-card:visible").count(), 1, "on the screen it stands once");
  assert.equal(await staff.locator(".sheet svg:visible").count(), 0);
  assert.deepEqual(await printed(staff), [A4]);
  const titles = await lines(staff, "应急联系卡");
  assert.equal(titles.length, 4);
  assert.ok(titles.every((title) => title.width > 10), `${JSON.stringify(titles)}`);
  assert.ok(Math.abs(titles[1].left - titles[0].left - 105) < 0.5, "a card is half as wide as the sheet");
  assert.ok(Math.abs(titles[2].top - titles[0].top - 148.5) < 0.5, "and half as high");
});

test("the cards of several compounds share sheets", async () => {
  await visit(staff, `/reports/contact-card?area=${county.compound.code.split("-")[0]}`);
  const cards = await staff.locator(".leaf-card").count();
  assert.ok(cards > 1, "the community has several compounds");
  const sheets = cards < 3 ? 1 : Math.ceil(cards / 4);
  assert.deepEqual(await printed(staff), Array(sheets).fill(A4));
});

test("a notice is one sheet with its code, printed from a phone as well", async () => {
  const id = county.round.path.split("/")[2];
  for (const page of [staff, phone]) {
    await visit(page, `/reports/order-notice?area=${county.compound.code}&round=${id}`);
    assert.deepEqual(await printed(page), [A4]);
    const [title] = await lines(page, "生活物资订购通知");
    assert.ok(Math.abs(title.left + title.width / 2 - 105) < 1, "the title stands in the middle");
    assert.equal((await lines(page, "扫码下单")).length, 1);
    const code = page.locator(".sheet svg path[shape-rendering]");
    assert.equal(await code.count(), 1);
  }
});

test("a report is printed as it stands on the page, its heading on every sheet", async () => {
  await visit(staff, `/reports/people?area=${county.compound.code}`);
  const sheets = await printed(staff);
  assert.ok(sheets.length > 1 && sheets.every(([width, height]) => width === 210 && height === 297), `${sheets}`);
});

test("nothing went wrong behind the pages", () => assert.deepEqual([...staff.trouble, ...phone.trouble], []));
