// Buttons that carry a key (`data-key`) are pressed by it, so that a list of questions is answered without the mouse.

/** Starts the keys of buttons. A key does nothing while somebody types, or together with Ctrl, Alt or Meta. */
export function startKeyButtons(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const start = event.target instanceof Element ? event.target : document.body;
    if (start.matches("input:not([type=radio]):not([type=checkbox]), select, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (!/^[a-z0-9]$/.test(key)) return;
    const button = document.querySelector<HTMLElement>(`[data-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
