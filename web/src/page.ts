// What every script of ours needs from the page.

/** The words of the page's own language. */
export function words(zh: string, en: string): string {
  return document.documentElement.lang.startsWith("zh") ? zh : en;
}

/** Tells the styles that scripts run, so that controls that need one are shown. */
export function announceScript(): void {
  document.documentElement.classList.add("js");
}

/** Listens on the whole document for events that start inside an element matching `selector`. */
export function on<K extends keyof DocumentEventMap>(
  kind: K,
  selector: string,
  act: (target: HTMLElement, event: DocumentEventMap[K]) => void,
): void {
  document.addEventListener(kind, (event) => {
    const start = event.target;
    if (!(start instanceof Element)) return;
    const target = start.closest<HTMLElement>(selector);
    if (target) act(target, event);
  });
}

/** Says a short sentence to screen readers without moving the focus. */
export function say(text: string): void {
  let place = document.getElementById("spoken");
  if (!place) {
    place = document.createElement("div");
    place.id = "spoken";
    place.className = "hidden-text";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = text;
}
