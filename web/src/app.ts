// The script of staff pages. Every form also works as a plain POST without it.
import "htmx.org";
import { startCopyAndPrint } from "./copy";
import { showDrafts, startDrafts } from "./draft";
import { startKeyButtons } from "./keys";
import { showOrders, startOrders } from "./order";
import { startMaps } from "./map";
import { announceScript, on } from "./page";
import { showRefresh, startRefresh } from "./refresh";
import { releaseForm, startSubmitGuard } from "./submit";
import { startTables } from "./table";
import { showZoom, startZoom } from "./zoom";

/** "/" goes to the search box, Escape leaves it and closes open panels. */
function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    const start = event.target instanceof Element ? event.target : document.body;
    const typing = start.matches("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = document.querySelector<HTMLInputElement>("[data-search]");
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    }
    if (event.key === "Escape") {
      if (start.matches("[data-search]") && start instanceof HTMLElement) start.blur();
      document.querySelectorAll<HTMLDetailsElement>("details.account[open]").forEach((panel) => {
        panel.open = false;
      });
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll<HTMLDetailsElement>("details.account[open]").forEach((panel) => {
      if (event.target instanceof Node && !panel.contains(event.target)) panel.open = false;
    });
  });
}

/** A file may be dropped anywhere in the form that asks for one. */
function startDrop(): void {
  const fileInput = (place: HTMLElement) => place.querySelector<HTMLInputElement>("input[type=file]");
  on("dragover", "form", (form, event) => {
    const input = fileInput(form);
    if (!input) return;
    event.preventDefault();
    input.classList.add("dropping");
  });
  on("dragleave", "form", (form, event) => {
    if (event.relatedTarget instanceof Node && form.contains(event.relatedTarget)) return;
    fileInput(form)?.classList.remove("dropping");
  });
  on("drop", "form", (form, event) => {
    const input = fileInput(form);
    if (!input || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    input.classList.remove("dropping");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

announceScript();
startSubmitGuard();
startOrders();
startCopyAndPrint();
startTables();
startDrafts();
startRefresh();
startKeys();
startKeyButtons();
startDrop();
startMaps();
startZoom();

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target instanceof HTMLFormElement) releaseForm(event.target);
});
document.addEventListener("htmx:load", (event) => {
  const part = (event as CustomEvent<{ elt: Element }>).detail.elt;
  if (part === document.body) return;
  const around = part.parentElement ?? part;
  showOrders(around);
  showDrafts(part);
  showRefresh(around);
  showZoom(around);
});
