/*
 * Single-key shortcuts: [data-key="n"] is pressed by that key while no field has the focus. [data-shortcuts-toggle], a checkbox,
 * switches them off for this browser (WCAG 2.1.4: single-character shortcuts must be possible to turn off).
 *
 * A key counts when no other one comes right after it: what a scanner types beside its field is an address, not commands.
 */
(() => {
  "use strict";
  const STORED_AS = "gerai-shortcuts";
  const BURST_MS = 60;
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
  let lastAt = -Infinity;
  let meant = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || (toggle && !toggle.checked)) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]")) return;
    const isBurst = event.timeStamp - lastAt < BURST_MS;
    lastAt = event.timeStamp;
    clearTimeout(meant);
    const wanted = `[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([aria-disabled="true"], :disabled)`;
    const button = document.querySelector(wanted);
    if (!button) return;
    event.preventDefault();
    if (!isBurst) meant = setTimeout(() => button.click(), BURST_MS);
  });
})();
