/*
 * Keeps a part of a page current by fetching it as HTML. Root: [data-panel-url="url"], optional data-panel-stream (server-sent events
 * named message, board, queue or ticket mean "look again"), data-refresh-seconds (5). Inside: #panel receives the fragment,
 * [data-live-state] tells how current it is. A details[id] that was opened, and what was chosen in its fields, stays when it is there
 * again. "gerai:refresh" asks for it at once; while the root is [data-busy] nothing is replaced.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-panel-url]");
  if (!root) return;
  const SLOW_MS = 30000; // how often to look while events tell us when to look
  const pollMs = Number(root.dataset.refreshSeconds || 5) * 1000;
  let timer = null;
  let shownHtml = null;
  let streaming = false;
  let round = 0;

  function plan(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(refresh, milliseconds);
  }

  function showConnection(status) {
    root.dataset.liveStatus = status;
    const line = root.querySelector("[data-live-state]");
    const text = line?.getAttribute(`data-text-${status}`);
    if (text && line.textContent !== text) line.textContent = text;
  }

  /* What the person opened and filled in, by the fold it is in: the fragment knows nothing of it. */
  function keptIn(panel) {
    return [...panel.querySelectorAll("details[id]")].map((fold) => ({
      id: fold.id,
      open: fold.open,
      fields: [...fold.querySelectorAll("input:not([type=hidden]), select, textarea")].map(({ name, value, checked }) => ({ name, value, checked })),
    }));
  }

  function restore(panel, folds) {
    for (const kept of folds) {
      const fold = panel.querySelector(`#${CSS.escape(kept.id)}`);
      if (!fold) continue;
      fold.open = kept.open;
      for (const { name, value, checked } of kept.fields) {
        const field = fold.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
        if (field?.type === "checkbox") field.checked = checked;
        else if (field) field.value = value;
      }
    }
  }

  function replace(html) {
    const panel = document.getElementById("panel");
    if (!panel || html === shownHtml) return;
    const focused = panel.contains(document.activeElement) ? document.activeElement : null;
    if (focused?.matches("input, select, textarea")) return; // somebody is typing there
    let again = focused?.id && `#${CSS.escape(focused.id)}`;
    if (focused?.dataset.key) again = `[data-key="${CSS.escape(focused.dataset.key)}"]`;
    const folds = keptIn(panel);
    panel.innerHTML = html;
    shownHtml = html;
    restore(panel, folds);
    if (again) panel.querySelector(again)?.focus();
  }

  async function refresh() {
    round += 1;
    const mine = round;
    if (document.visibilityState === "visible" && !root.hasAttribute("data-busy")) {
      try {
        const answer = await fetch(root.dataset.panelUrl, { headers: { Accept: "text/html" }, cache: "no-store" });
        if (answer.status === 401 || answer.redirected) return location.reload(); // the session is over
        if (!answer.ok) throw new Error(String(answer.status));
        const html = await answer.text();
        if (mine !== round) return; // a newer look is under way
        if (!root.hasAttribute("data-busy")) replace(html);
        showConnection(streaming ? "connected" : "polling");
      } catch {
        if (mine !== round) return;
        showConnection("offline");
      }
    }
    plan(streaming ? Math.max(SLOW_MS, pollMs) : pollMs);
  }

  function listen() {
    const source = new EventSource(root.dataset.panelStream);
    source.addEventListener("open", () => {
      streaming = true;
      plan(0);
    });
    source.addEventListener("error", () => {
      streaming = false;
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, SLOW_MS);
      plan(pollMs);
    });
    for (const name of ["message", "board", "queue", "ticket"]) source.addEventListener(name, () => plan(50));
  }

  root.addEventListener("gerai:refresh", refresh);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
  if (root.dataset.panelStream) listen();
  plan(pollMs);
})();
