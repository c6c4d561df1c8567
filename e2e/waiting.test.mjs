// The waiting room: a server that has no room for residents says so, loses nothing that was typed, and tries again by itself.
// It is a server of its own, which lets no resident in.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { PHONE, close, open, start, stop, words } from "./lib/browser.mjs";

const COMMAND = "0197c1de-0000-7000-8000-00000000abcd";
let program, address, folder;

before(async () => {
  await start();
  folder = mkdtempSync(join(tmpdir(), "baogong-waiting-"));
  const options = ["serve", "--listen", "127.0.0.1:0", "--resident-requests", "0", "--data", folder];
  program = spawn(process.env.BAOGONG_PROGRAM, options, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: program.stdout })) {
    address = line.match(/http:\/\/\S+/)?.[0];
    if (address) break;
  }
});
after(async () => {
  await stop();
  program?.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

for (const scripts of [true, false]) {
  describe(scripts ? "with scripts" : "without scripts", () => {
    let page;
    before(async () => {
      page = await open({ size: PHONE, scripts });
    });
    after(() => close(page));

    test("a page says how long to wait and reloads by itself", async () => {
      const answer = await page.goto(`${address}/o/abcdefgh`);
      assert.equal(answer.status(), 503);
      assert.ok(Number(answer.headers()["retry-after"]) > 0);
      assert.ok(Number(answer.headers()["refresh"]) > 0, "without scripts too");
      const text = await words(page);
      assert.match(text, /现在人多，请稍等/);
      assert.match(text, /自动刷新/);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= PHONE.width, `the page is ${width} px wide`);
    });

    test("a form that was sent is kept with its command, and sent again", async () => {
      await page.setContent(`<form method="post" action="${address}/o/abcdefgh">
        <input name="dwelling" value="3-2-501"><input name="q:V" value="2"><input name="command" value="${COMMAND}">
        <button>下单</button></form>`);
      await Promise.all([page.waitForEvent("framenavigated"), page.locator("button").click()]);
      await page.waitForLoadState("load");
      assert.match(await words(page), /您填写的内容没有丢失/);
      const kept = page.locator("form[data-resend-s]");
      assert.equal(await kept.locator("input[name=dwelling]").inputValue(), "3-2-501");
      assert.equal(await kept.locator("input[name='q:V']").inputValue(), "2");
      assert.equal(await kept.locator("input[name=command]").inputValue(), COMMAND);
      const again = page.waitForRequest((request) => request.method() === "POST", { timeout: 60_000 });
      if (!scripts) await kept.locator("button").click();
      const sent = new URLSearchParams((await again).postData());
      assert.equal(sent.get("command"), COMMAND, "the same command, so that it acts once");
      assert.equal(sent.get("dwelling"), "3-2-501");
    });
  });
}
