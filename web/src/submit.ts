// One press, one command: a form that is on its way cannot be sent again by an impatient second press.
// The server refuses a repeated command anyway; this only spares the person the confusion.

const RELEASE_AFTER_MS = 8000;

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
      // A download answers without leaving the page, so the form must come back by itself.
      window.setTimeout(() => setBusy(form, false), RELEASE_AFTER_MS);
    },
    true,
  );
  window.addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-busy]").forEach(releaseForm);
  });
}
