// One press, one command: a form that is on its way cannot be sent again by an impatient second press.
// The server refuses a repeated command anyway; this only spares the person the confusion.
import { words } from "./page";

const RELEASE_AFTER_MS = 8000;

/** Says that something is being computed, and for how long. */
function countSeconds(place: HTMLElement): void {
  const clock = document.createElement("span");
  // Read aloud once, not every second.
  clock.setAttribute("aria-hidden", "true");
  place.replaceChildren(words("正在计算，数据多时要半分钟左右。", "Computing; with much data it takes about half a minute."), clock);
  const begun = Date.now();
  const timer = window.setInterval(() => {
    const waitedS = Math.floor((Date.now() - begun) / 1000);
    clock.textContent = words(`已等${waitedS}秒。`, ` ${waitedS} s so far.`);
  }, 1000);
  window.addEventListener(
    "pageshow",
    () => {
      window.clearInterval(timer);
      place.replaceChildren();
    },
    { once: true },
  );
}

function setBusy(form: HTMLFormElement, busy: boolean): void {
  if (busy) form.dataset.busy = "1";
  else delete form.dataset.busy;
  form.querySelectorAll("button:not([type=button])").forEach((button) => {
    if (busy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  });
}

/** Lets the form be sent again. */
export function releaseForm(form: HTMLFormElement): void {
  setBusy(form, false);
}

/** Starts the guard for all forms that post. */
export function startSubmitGuard(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
      if (form.dataset.busy) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      setBusy(form, true);
      const slow = event.submitter?.closest("[data-slow]")?.querySelector<HTMLElement>("[role=status]");
      if (slow) {
        countSeconds(slow);
        return;
      }
      // A download answers without leaving the page, so the form must come back by itself.
      window.setTimeout(() => setBusy(form, false), RELEASE_AFTER_MS);
    },
    true,
  );
  window.addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-busy]").forEach(releaseForm);
  });
}
