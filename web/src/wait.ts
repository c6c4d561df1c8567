// The waiting page of a form: sends it again by itself when the time that the server named has passed. Without this
// the person presses the button; the command id in the form makes it act once either way.
import { words } from "./page";

/** Starts the clock of a form with `data-resend-s`. */
export function startWaiting(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-resend-s]");
  const waitS = Number.parseInt(form?.dataset.resendS ?? "", 10);
  if (!form || !(waitS > 0)) return;
  // Uneven, so that those who wait together do not come back together.
  let left = Math.ceil(waitS * (1 + Math.random() / 2));
  const place = form.querySelector<HTMLElement>("[data-resend-words]");
  const clock = window.setInterval(() => {
    left -= 1;
    if (place) place.textContent = words(`${left}秒后自动再试。`, `It is sent again in ${left} seconds.`);
    if (left > 0) return;
    window.clearInterval(clock);
    form.requestSubmit();
  }, 1000);
  form.addEventListener("submit", () => window.clearInterval(clock));
}
