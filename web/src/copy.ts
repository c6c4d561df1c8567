// Copy buttons and print buttons.
import { on, say, words } from "./page";

function copyOldWay(area: HTMLTextAreaElement): boolean {
  area.focus();
  area.select();
  area.setSelectionRange(0, area.value.length);
  return document.execCommand("copy");
}

async function copy(area: HTMLTextAreaElement): Promise<boolean> {
  // The clipboard interface exists only over HTTPS; a county office often runs on plain HTTP.
  if (window.isSecureContext && navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(area.value);
      area.select();
      return true;
    } catch {
      return copyOldWay(area);
    }
  }
  return copyOldWay(area);
}

/** Starts copy buttons (`data-copy` holds the id of the text area) and print buttons (`data-print`). */
export function startCopyAndPrint(): void {
  on("click", "[data-copy]", (button) => {
    const area = document.getElementById(button.dataset.copy ?? "");
    if (!(area instanceof HTMLTextAreaElement)) return;
    const place = button.querySelector<HTMLElement>("[data-copy-words]") ?? button;
    const before = button.dataset.before ?? place.textContent ?? "";
    button.dataset.before = before;
    void copy(area).then((copied) => {
      place.textContent = copied
        ? words("已复制", "Copied")
        : words("请长按选中文字后复制", "Select the text and copy it");
      say(place.textContent);
      window.setTimeout(() => (place.textContent = before), 2500);
    });
  });
  on("click", "[data-print]", () => window.print());
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll<HTMLDetailsElement>("details.details").forEach((part) => (part.open = true));
  });
}
