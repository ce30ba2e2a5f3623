/*
 * Single-key shortcuts: [data-key="n"] is pressed by that key while no field has the focus. [data-shortcuts-toggle], a checkbox,
 * switches them off for this browser (WCAG 2.1.4: single-character shortcuts must be possible to turn off).
 */
(() => {
  "use strict";
  const STORED_AS = "gerai-shortcuts";
  const toggle = document.querySelector("[data-shortcuts-toggle]");

  function remembered() {
    try {
      return localStorage.getItem(STORED_AS) !== "off";
    } catch {
      return true;
    }
  }

  function remember(on) {
    try {
      localStorage.setItem(STORED_AS, on ? "on" : "off");
    } catch {
      // Forbidden storage: the choice lasts until the page is left.
    }
  }

  if (toggle) {
    toggle.checked = remembered();
    toggle.addEventListener("change", () => remember(toggle.checked));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || (toggle && !toggle.checked)) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]")) return;
    const wanted = `[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([aria-disabled="true"], :disabled)`;
    const button = document.querySelector(wanted);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
