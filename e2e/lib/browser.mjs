// Opening Chromium, signing in, and watching what a page does.
import { chromium } from "playwright-core";
import { readFileSync, existsSync } from "node:fs";

/** The server under test, without a slash at the end. */
export const BASE = process.env.BAOGONG_URL ?? "http://127.0.0.1:8080";
const PASSWORD = process.env.BAOGONG_PASSWORD ?? "baogong-demo";

/** A phone and a desk. */
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

let browser;
const sessions = new Map();

/** Starts the browser once for all tests of a file. */
export async function start() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? PROGRAMS.find((path) => existsSync(path)),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
    ],
  });
  return browser;
}

/** Ends the browser. */
export async function stop() {
  await browser?.close();
  browser = undefined;
  sessions.clear();
}

/**
 * A page in a browser profile of its own, with `page.trouble`: errors that scripts raised, messages that the console
 * shows as errors, and requests to another host. A refusal by the server (4xx) is not trouble; a fault (5xx) is.
 */
export async function open({ size = DESK, scripts = true, lang = "zh", elder = false, login } = {}) {
  const profile = await (await start()).newContext({
    viewport: size,
    locale: lang === "en" ? "en-GB" : "zh-CN",
    timezoneId: "Asia/Shanghai",
    javaScriptEnabled: scripts,
    isMobile: size.width < 600,
    hasTouch: size.width < 600,
  });
  profile.setDefaultTimeout(10_000);
  const cookies = [{ name: "lang", value: lang, url: BASE }];
  if (elder) cookies.push({ name: "elder", value: "1", url: BASE });
  if (login) cookies.push({ name: "session", value: await session(login), url: BASE });
  await profile.addCookies(cookies);
  const page = await profile.newPage();
  page.trouble = [];
  page.on("pageerror", (error) => page.trouble.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) {
      page.trouble.push(`console: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    const address = new URL(request.url());
    if (address.protocol !== "data:" && address.origin !== BASE) page.trouble.push(`foreign: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) page.trouble.push(`fault ${response.status()}: ${response.url()}`);
  });
  return page;
}

/** Signs in with the form, as a person does. */
export async function signIn(page, login) {
  await page.goto(`${BASE}/sign-in`);
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("main form[action='/sign-in'] button").click();
  await page.waitForURL((address) => address.pathname === "/");
}

/** A session of a demo user; each user signs in once per file. */
async function session(login) {
  if (!sessions.has(login)) {
    const profile = await (await start()).newContext();
    const answer = await profile.request.post(`${BASE}/sign-in`, { form: { login, password: PASSWORD } });
    const cookie = (await profile.cookies(BASE)).find((one) => one.name === "session");
    await profile.close();
    if (!cookie) throw new Error(`${login} could not sign in: ${answer.status()}`);
    sessions.set(login, cookie.value);
  }
  return sessions.get(login);
}

/** Opens a path of the server and fails unless it answers with a page. */
export async function visit(page, path) {
  const answer = await page.goto(BASE + path);
  if (answer.status() >= 400) throw new Error(`${path} answered ${answer.status()}: ${await words(page)}`);
  return page;
}

/** What a person reads in the main part of the page. */
export async function words(page) {
  return (await page.locator("main").innerText()).replace(/[ \t]+/g, " ");
}

/** The sheets that the browser prints of a page, each as [width, height] in whole millimetres. */
export async function printed(page) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const sheets = [...pdf.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)];
  return sheets.map(([, width, height]) => [width, height].map((points) => Math.round((points * 25.4) / 72)));
}

/** Closes a page with its profile; one that was never opened is no error, so that what comes after still happens. */
export async function close(page) {
  await page?.context().close();
}

/** The sign-in links that the server printed, by login name; empty when they are not known. */
export function links() {
  const file = process.env.BAOGONG_LINKS;
  if (!file || !existsSync(file)) return new Map();
  const text = readFileSync(file, "utf8");
  return new Map([...text.matchAll(/· (\w+)\n\s+http:\/\/[^/]+(\/enter\/\w+)/g)].map((found) => [found[1], found[2]]));
}
