// Quantities with − and +, and the total of an order while it is being made. The server counts again.
import { on, words } from "./page";

function quantity(input: HTMLInputElement): number {
  const value = Number.parseInt(input.value, 10);
  return Number.isFinite(value) && value > 0 ? value : 0;
}

function limit(input: HTMLInputElement): number {
  const max = Number.parseInt(input.max, 10);
  return Number.isFinite(max) ? max : Number.MAX_SAFE_INTEGER;
}

/** Fen as yuan with two digits, for example 1250 as ¥12.50, without floating point. */
export function yuan(amountFen: number): string {
  const cents = String(amountFen % 100).padStart(2, "0");
  return `¥${Math.floor(amountFen / 100)}.${cents}`;
}

function showStepper(stepper: HTMLElement): void {
  const input = stepper.querySelector("input");
  if (!input) return;
  const value = quantity(input);
  stepper.classList.toggle("chosen", value > 0);
  stepper.querySelectorAll<HTMLButtonElement>("[data-step]").forEach((button) => {
    const up = Number(button.dataset.step) > 0;
    button.disabled = up ? value >= limit(input) : value <= 0;
  });
}

function showTotal(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>("[data-order-total]");
  if (!place) return;
  let amountFen = 0;
  let pieces = 0;
  form.querySelectorAll<HTMLInputElement>("input[data-price-fen]").forEach((input) => {
    const count = Math.min(quantity(input), limit(input));
    pieces += count;
    amountFen += count * Number.parseInt(input.dataset.priceFen ?? "0", 10);
  });
  place.textContent = yuan(amountFen);
  const count = form.querySelector<HTMLElement>("[data-order-count]");
  if (count) count.textContent = words(`共 ${pieces} 份`, `${pieces} in all`);
}

/** Shows all quantities and totals below `root` as they now are. */
export function showOrders(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-stepper]").forEach(showStepper);
  root.querySelectorAll<HTMLFormElement>("form").forEach(showTotal);
}

/** Starts the behaviour of quantities and totals. */
export function startOrders(): void {
  on("click", "[data-step]", (button) => {
    const stepper = button.closest<HTMLElement>("[data-stepper]");
    const input = stepper?.querySelector("input");
    if (!stepper || !input) return;
    const next = quantity(input) + Number(button.dataset.step);
    input.value = String(Math.max(0, Math.min(limit(input), next)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  on("input", "[data-stepper] input", (input) => {
    const stepper = input.closest<HTMLElement>("[data-stepper]");
    if (stepper) showStepper(stepper);
    const form = input.closest("form");
    if (form) showTotal(form);
  });
  // A browser that goes back may restore quantities after the page has loaded.
  window.addEventListener("pageshow", () => showOrders(document));
  showOrders(document);
}
