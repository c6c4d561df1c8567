// Maps are looked at from nearer: by buttons, keys, and the wheel with Ctrl; then they scroll, or follow a mouse that drags the ground.
import { on } from "./page";

/** From one step to the next, and the last. */
const STEP = 1.6;
const MOST = STEP ** 5;
/** From this width on a picture has room for the names that stand only there; as in `kit::map`. */
const NEAR_PX = 1900;

interface Look {
  zoom: number;
  left: number;
  top: number;
}

/** By map, so that it is looked at in the same way after a part of the page was changed. */
const looks = new Map<string, Look>();

const viewOf = (frame: HTMLElement) => frame.querySelector<HTMLElement>(".map-view");
const zoomOf = (frame: HTMLElement) => Number(frame.style.getPropertyValue("--zoom") || 1);
const nameOf = (frame: HTMLElement) => frame.closest<HTMLElement>(".map")?.id ?? "";

function put(frame: HTMLElement, { zoom, left, top }: Look): void {
  const view = viewOf(frame);
  if (!view) return;
  frame.style.setProperty("--zoom", String(zoom));
  frame.classList.toggle("zoomed", zoom > 1);
  frame.classList.toggle("near", view.clientWidth * zoom >= NEAR_PX);
  if (zoom > 1) view.tabIndex = 0;
  else view.removeAttribute("tabindex");
  frame.querySelectorAll<HTMLElement>("[data-zoom]").forEach((button) => {
    const useless = button.dataset.zoom === "in" ? zoom >= MOST : zoom <= 1;
    button.setAttribute("aria-disabled", String(useless));
  });
  view.scrollTo({ left, top });
  looks.set(nameOf(frame), { zoom, left: view.scrollLeft, top: view.scrollTop });
}

/** Looks from so near that the ground below a point of the frame, or its middle, stays where it is. */
function look(frame: HTMLElement, wanted: number, at?: { clientX: number; clientY: number }): void {
  const view = viewOf(frame);
  if (!view) return;
  const zoom = Math.min(MOST, Math.max(1, wanted > 1.01 ? wanted : 1));
  const box = view.getBoundingClientRect();
  const x = at ? at.clientX - box.left : box.width / 2;
  const y = at ? at.clientY - box.top : box.height / 2;
  const grown = zoom / zoomOf(frame);
  put(frame, { zoom, left: (view.scrollLeft + x) * grown - x, top: (view.scrollTop + y) * grown - y });
}

function step(frame: HTMLElement, way: string | undefined): void {
  if (way === "whole") look(frame, 1);
  else look(frame, zoomOf(frame) * (way === "in" ? STEP : 1 / STEP));
}

/** The ground follows a mouse; fingers scroll by themselves. */
function startPan(): void {
  let pan: { view: HTMLElement; x: number; y: number } | undefined;
  on("pointerdown", ".map-frame.zoomed .map-view", (view, event) => {
    const sign = event.target instanceof Element && event.target.closest("[data-drag], a");
    if (event.pointerType === "mouse" && event.button === 0 && !sign) pan = { view, x: event.clientX, y: event.clientY };
  });
  document.addEventListener("pointermove", (event) => {
    if (!pan) return;
    pan.view.scrollBy(pan.x - event.clientX, pan.y - event.clientY);
    [pan.x, pan.y] = [event.clientX, event.clientY];
    event.preventDefault();
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pan = undefined));
}

/** Looks at the maps of a changed part as they were looked at before. */
export function showZoom(part: ParentNode): void {
  part.querySelectorAll<HTMLElement>(".map-frame").forEach((frame) => {
    put(frame, looks.get(nameOf(frame)) ?? { zoom: 1, left: 0, top: 0 });
  });
}

/** Starts looking nearer. */
export function startZoom(): void {
  on("click", ".map-frame [data-zoom]", (button) => {
    const frame = button.closest<HTMLElement>(".map-frame");
    if (frame && button.getAttribute("aria-disabled") !== "true") step(frame, button.dataset.zoom);
  });
  on("keydown", ".map-frame", (frame, event) => {
    const way = { "+": "in", "=": "in", "-": "out", "0": "whole" }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step(frame, way);
  });
  document.addEventListener(
    "wheel",
    (event) => {
      const frame = event.target instanceof Element ? event.target.closest<HTMLElement>(".map-frame") : null;
      if (!frame || !event.ctrlKey) return;
      event.preventDefault();
      look(frame, zoomOf(frame) * Math.exp(-event.deltaY / 300), event);
    },
    { passive: false },
  );
  // Scrolling does not bubble, so it is caught on its way down.
  document.addEventListener(
    "scroll",
    (event) => {
      const view = event.target instanceof HTMLElement ? event.target : null;
      const frame = view?.closest<HTMLElement>(".map-frame");
      if (view && frame) looks.set(nameOf(frame), { zoom: zoomOf(frame), left: view.scrollLeft, top: view.scrollTop });
    },
    { capture: true, passive: true },
  );
  startPan();
  showZoom(document);
}
