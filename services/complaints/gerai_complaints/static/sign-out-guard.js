/*
 * Nobody signs out of a tablet on which records of people still wait to be sent.
 * pvl-store.js writes down how many wait, by event; the page of the event counts them anew.
 */
(() => {
  "use strict";
  const KEY = "gerai-pvl-waiting";
  // Of the kept page, which names who was signed in, and of the database with receipts that nobody took.
  const KEPT = "gerai-pvl";

  function waiting() {
    try {
      return Object.entries(JSON.parse(localStorage.getItem(KEY)) ?? {}).find(([, count]) => count > 0);
    } catch {
      return undefined;
    }
  }

  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", (event) => {
    const found = waiting();
    if (!found) {
      window.caches?.delete(KEPT);
      window.indexedDB?.deleteDatabase(KEPT);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const told = document.querySelector("[data-records-wait]");
    told.querySelector("a").href = `/pvl/${encodeURIComponent(found[0])}/intake`;
    told.hidden = false;
  });
})();
