// Keeps the text of a text area with `data-draft` on this device until it has been sent.
import { words } from "./page";

interface Draft {
  text: string;
  at: number;
  sent: boolean;
}

const PREFIX = "draft:";
// Pasted messages hold names and rooms, so a draft does not outlive a shift.
const KEEP_MS = 12 * 60 * 60 * 1000;

function read(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    return draft && typeof draft.text === "string" ? draft : null;
  } catch {
    return null;
  }
}

function write(key: string, draft: Draft): void {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Storage may be full or switched off; the page then works without drafts.
  }
}

function keys(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function cameBack(): boolean {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return entry?.type === "back_forward";
}

/** A draft that was sent is kept until a next page proves that the server answered. */
function dropOld(): void {
  const back = cameBack();
  for (const key of keys()) {
    const draft = read(key);
    if (!draft || Date.now() - draft.at > KEEP_MS || (draft.sent && !back)) localStorage.removeItem(key);
  }
}

function offerDiscard(area: HTMLTextAreaElement, key: string, original: string): void {
  const line = document.createElement("p");
  line.className = "field-hint draft-line";
  line.append(words("已恢复上次未提交的内容。", "Your unsent text has been restored. "));
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button tone-quiet";
  discard.textContent = words("清除", "Discard");
  discard.addEventListener("click", () => {
    area.value = original;
    localStorage.removeItem(key);
    line.remove();
    area.focus();
  });
  line.append(discard);
  area.after(line);
}

/** Restores and follows the drafts below `root`. */
export function showDrafts(root: ParentNode): void {
  root.querySelectorAll<HTMLTextAreaElement>("textarea[data-draft]").forEach((area) => {
    const key = PREFIX + (area.dataset.draft ?? "");
    const original = area.defaultValue;
    const draft = read(key);
    if (draft && original === "" && draft.text !== "" && draft.text !== area.value) {
      area.value = draft.text;
      offerDiscard(area, key, original);
    }
    area.addEventListener("input", () => write(key, { text: area.value, at: Date.now(), sent: false }));
    area.form?.addEventListener("submit", () => {
      const now = read(key);
      if (now) write(key, { ...now, sent: true });
    });
  });
}

/** Starts drafts, and forgets all of them when the person signs out. */
export function startDrafts(): void {
  dropOld();
  showDrafts(document);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && new URL(form.action).pathname === "/sign-out") {
      keys().forEach((key) => localStorage.removeItem(key));
    }
  });
}
