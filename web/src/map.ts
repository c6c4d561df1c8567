// Maps: something is dragged onto something else. What is dropped sets fields of the form below, which then shows what
// follows; the same fields are there to be chosen by hand.
import { on, say, words } from "./page";

/** A press that moves less is a press. */
const LEAST_PX = 6;

interface Drag {
  what: SVGElement;
  map: SVGSVGElement;
  line: SVGLineElement;
  x: number;
  y: number;
  moved: boolean;
}

let drag: Drag | undefined;
/** The link around a sign must not be followed after a drag. */
let justDragged = false;

function begin(what: SVGElement, event: PointerEvent): void {
  const map = what.closest<SVGSVGElement>("svg.map-picture");
  if (!map || event.button !== 0) return;
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.setAttribute("class", "map-drag");
  drag = { what, map, line, x: event.clientX, y: event.clientY, moved: false };
}

/** What can be dropped on under the pointer; of several that lie above each other, the one whose middle is nearest. */
function under(event: PointerEvent): SVGElement | undefined {
  let nearest: SVGElement | undefined;
  let least = Infinity;
  for (const one of document.elementsFromPoint(event.clientX, event.clientY)) {
    const target = one.closest<SVGElement>("[data-drop]");
    if (!target || target === drag?.what) continue;
    const box = target.getBoundingClientRect();
    const far = Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
    if (far < least) [nearest, least] = [target, far];
  }
  return nearest;
}

function move(event: PointerEvent): void {
  if (!drag) return;
  const { map, line, x, y } = drag;
  if (!drag.moved && Math.hypot(event.clientX - x, event.clientY - y) < LEAST_PX) return;
  if (!drag.moved) {
    drag.moved = true;
    map.append(line);
    map.classList.add("dragging");
  }
  const box = map.getBoundingClientRect();
  line.setAttribute("x1", String(x - box.left));
  line.setAttribute("y1", String(y - box.top));
  line.setAttribute("x2", String(event.clientX - box.left));
  line.setAttribute("y2", String(event.clientY - box.top));
  map.querySelectorAll(".map-over").forEach((one) => one.classList.remove("map-over"));
  under(event)?.classList.add("map-over");
  event.preventDefault();
}

/** Sets the fields that a drop names, `field:<what>`; the last one tells the form that something has changed. */
function set(what: string, values: URLSearchParams): boolean {
  const fields: (HTMLSelectElement | HTMLInputElement)[] = [];
  for (const [name, value] of values) {
    const field = document.getElementsByName(`${name}:${what}`)[0];
    if (!(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return false;
    field.value = value;
    fields.push(field);
  }
  fields.pop()?.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function end(event: PointerEvent): void {
  if (!drag) return;
  const { what, map, line, moved } = drag;
  const target = moved ? under(event) : undefined;
  line.remove();
  map.classList.remove("dragging");
  map.querySelectorAll(".map-over").forEach((one) => one.classList.remove("map-over"));
  drag = undefined;
  if (!moved) return;
  justDragged = true;
  window.setTimeout(() => (justDragged = false), 0);
  if (!target) return;
  const done = set(what.dataset.drag ?? "", new URLSearchParams(target.dataset.drop));
  say(done ? words("已试改，看下面的后果", "Tried out; see what follows below") : words("请在表中修改这一项", "Change this one in the table"));
}

/** Starts dragging on maps. */
export function startMaps(): void {
  document.addEventListener("pointerdown", (event) => {
    const what = event.target instanceof Element ? event.target.closest<SVGElement>("[data-drag]") : null;
    if (what) begin(what, event);
  });
  document.addEventListener("pointermove", move, { passive: false });
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", () => {
    drag?.line.remove();
    drag?.map.classList.remove("dragging");
    drag = undefined;
  });
  // The browser would drag the link itself.
  document.addEventListener("dragstart", (event) => {
    if (event.target instanceof Element && event.target.closest("svg.map-picture")) event.preventDefault();
  });
  on("click", "svg.map-picture a", (_link, event) => {
    if (justDragged) event.preventDefault();
  });
}
