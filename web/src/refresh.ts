// Regions with `data-refresh-s` fetch themselves again; they wait while nobody looks or somebody types in
// them.
import htmx from "htmx.org";

const started = new WeakSet<Element>();

function resting(region: HTMLElement): boolean {
  const focused = document.activeElement;
  const typing = focused !== null && region.contains(focused) && focused.matches("input, select, textarea");
  const opened = region.querySelector("details[open]") !== null;
  return document.hidden || typing || opened || region.dataset.paused !== undefined;
}

function refresh(region: HTMLElement): void {
  const selector = `#${CSS.escape(region.id)}`;
  const href = region.dataset.refreshHref || window.location.pathname + window.location.search;
  void htmx.ajax("get", href, { target: selector, select: selector, swap: "outerHTML", source: region });
}

/**
 * Starts the clocks of the regions below `root`. A region without an id cannot be found in the answer
 * and is left.
 */
export function showRefresh(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-refresh-s][id]").forEach((region) => {
    const seconds = Number.parseInt(region.dataset.refreshS ?? "", 10);
    if (!(seconds > 0) || started.has(region)) return;
    started.add(region);
    const clock = window.setInterval(() => {
      if (!region.isConnected) window.clearInterval(clock);
      else if (!resting(region)) refresh(region);
    }, seconds * 1000);
  });
}

/** Keeps a refresh from swapping in the sign-in page after the session has ended. */
export function startRefresh(): void {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean }>).detail;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname === "/sign-in") {
      event.preventDefault();
      window.location.assign(xhr.responseURL);
    }
  });
  showRefresh(document);
}
