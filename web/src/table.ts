// Tables: a click anywhere in a row follows its link; Enter in a list of inputs saves and goes on to the next
// row.
import { on, say, words } from "./page";

const CONTROLS = "a, button, input, select, textarea, label, summary";

function freshCommand(): string {
  // crypto.randomUUID exists only over HTTPS, getRandomValues everywhere.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

async function saveRow(form: HTMLFormElement, row: HTMLElement): Promise<void> {
  const fields = new FormData(form);
  const body = new URLSearchParams();
  fields.forEach((value, name) => body.append(name, String(value)));
  const content = body.toString();
  if (form.dataset.sent === content) return;
  // The same content keeps its command when it is tried again; changed content is a new command.
  if (form.dataset.tried && form.dataset.tried !== content) {
    body.set("command", freshCommand());
  }
  form.dataset.tried = content;
  let saved = false;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    saved = answer.ok && new URL(answer.url).pathname !== "/sign-in";
  } catch {
    saved = false;
  }
  row.classList.toggle("saved", saved);
  row.classList.toggle("failed", !saved);
  if (saved) form.dataset.sent = content;
  say(saved ? words("已保存", "Saved") : words("没有保存，请检查后再按回车", "Not saved. Check it and press Enter again"));
}

function advance(input: HTMLInputElement, event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
  const region = input.closest("[data-advance]");
  const row = input.closest<HTMLElement>("tr");
  if (!region || !row || input.type === "submit" || input.type === "checkbox") return;
  const inputs = region.querySelectorAll<HTMLInputElement>("tbody input:not([type=hidden]):not([type=checkbox])");
  const label = (one: HTMLInputElement) => one.closest("td")?.dataset.label;
  const column = Array.from(inputs).filter((one) => label(one) === label(input));
  const next = column[column.indexOf(input) + (event.shiftKey ? -1 : 1)];
  const form = input.form;
  const ownForm = form?.dataset.row !== undefined;
  // One form around the whole table is sent by Enter in the last row, as people expect.
  if (!next && !ownForm) return;
  event.preventDefault();
  if (form && ownForm && input.reportValidity()) void saveRow(form, row);
  if (next) {
    next.focus();
    next.select();
  }
}

/** Starts the behaviour of tables. */
export function startTables(): void {
  on("click", "tr[data-href]", (row, event) => {
    if (event.target instanceof Element && event.target.closest(CONTROLS)) return;
    if (window.getSelection()?.toString()) return;
    const href = row.dataset.href ?? "";
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else window.location.assign(href);
  });
  on("keydown", "[data-advance] input", (input, event) => {
    if (input instanceof HTMLInputElement) advance(input, event);
  });
}
