/*
 * Keeps a ticket page current. Root: [data-live-stream="url"], optional data-live-poll="url", data-ticket-id, data-call-id,
 * data-revision, data-called-text="Silakan ke {counter_name}".
 * Event "ticket": {revision, state, state_text, number, position, ..., counter_name, call_id, times_called, announce}.
 * Event "board": the site's board; a call with this ticket's id counts as being called.
 * Inside the root: [data-bind="key"] receives text, [data-when="called serving"] is shown in these states only,
 * [data-call-screen] covers the whole screen from a call until it is put away (its button, Escape) or the ticket moves on; in it
 * [data-call-text] says what to do and [data-call-count] which call it is, from data-text="Panggilan ke-{times_called}".
 * [data-live-state] tells how current the page is, [data-live-announce] (role=status) is read aloud.
 */
(() => {
  "use strict";
  const POLL_MS = 20000;
  const REOPEN_MS = 8000;
  // Long and strong: it has to be felt in a bag.
  const VIBRATION_MS = [600, 200, 600, 200, 600, 200, 1000];
  const FINAL_STATES = new Set(["served", "cancelled", "expired"]);
  const ENDING_MS = 60000;

  const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? "");

  function follow(root) {
    const title = document.title;
    let revision = Number(root.dataset.revision || -1);
    let ending = null;
    let callId = root.dataset.callId || "";
    let source = null;
    let pollTimer = null;

    function showConnection(status) {
      root.dataset.liveStatus = status;
      const line = root.querySelector("[data-live-state]");
      const text = line?.getAttribute(`data-text-${status}`);
      if (text && line.textContent !== text) line.textContent = text;
    }

    const region = root.querySelector("[data-live-announce]");
    const announce = (text) => region && text && (region.textContent = text);

    function callAttention(ticket) {
      const id = String(ticket.call_id ?? `${ticket.counter_name}/${ticket.times_called ?? 1}`);
      if (id === callId) return;
      callId = id;
      const text = fillIn(root.dataset.calledText || "", ticket);
      announce(ticket.announce || text);
      document.title = `● ${text || ticket.state_text || title}`;
      showCallScreen(ticket, text);
      for (const element of root.querySelectorAll("[data-flash-target]")) {
        element.removeAttribute("data-flash");
        void element.offsetWidth; // starts the animation again for a second call
        element.setAttribute("data-flash", "");
      }
      if (navigator.vibrate) navigator.vibrate(VIBRATION_MS);
    }

    const screen = root.querySelector("[data-call-screen]");

    function showCallScreen(ticket, text) {
      if (!screen) return;
      screen.querySelector("[data-call-text]").textContent = text;
      const count = screen.querySelector("[data-call-count]");
      count.textContent = fillIn(count.dataset.text, ticket);
      count.hidden = !(ticket.times_called > 1);
      if (!screen.open) screen.showModal();
    }

    function putCallScreenAway() {
      if (screen?.open) screen.close();
    }

    function apply(ticket) {
      if (typeof ticket.revision === "number") {
        if (ticket.revision < revision) return;
        revision = ticket.revision;
      }
      for (const element of root.querySelectorAll("[data-bind]")) {
        const value = ticket[element.dataset.bind];
        if (value !== undefined && value !== null) element.textContent = value;
      }
      if (!ticket.state) return;
      for (const element of root.querySelectorAll("[data-when]")) {
        element.hidden = !element.dataset.when.split(" ").includes(ticket.state);
      }
      root.toggleAttribute("data-live-called", ticket.state === "called");
      if (ticket.state === "called") {
        callAttention(ticket);
      } else {
        putCallScreenAway();
        document.title = title;
        announce(ticket.announce);
      }
      // The last step may be taken back within half a minute.
      clearTimeout(ending);
      if (FINAL_STATES.has(ticket.state)) ending = setTimeout(stop, ENDING_MS);
    }

    function applyBoard(board) {
      const call = (board.calls || []).find((item) => item.ticket_id === root.dataset.ticketId);
      if (call) apply({ ...call, state: "called", state_text: fillIn(root.dataset.calledText || "", call) || undefined });
    }

    async function poll() {
      if (!root.dataset.livePoll) return showConnection("offline");
      try {
        const answer = await fetch(root.dataset.livePoll, { headers: { Accept: "application/json" }, cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        apply(await answer.json());
        if (source?.readyState !== EventSource.OPEN) showConnection("polling");
      } catch {
        showConnection("offline");
      }
    }

    function stop() {
      clearInterval(pollTimer);
      source?.close();
      root.querySelector("[data-live-state]")?.setAttribute("hidden", "");
    }

    function listen() {
      source = new EventSource(root.dataset.liveStream);
      source.addEventListener("open", () => {
        clearInterval(pollTimer);
        pollTimer = null;
        showConnection("connected");
      });
      source.addEventListener("ticket", (event) => apply(JSON.parse(event.data)));
      source.addEventListener("board", (event) => applyBoard(JSON.parse(event.data)));
      source.addEventListener("error", () => {
        if (!pollTimer) {
          pollTimer = setInterval(poll, POLL_MS);
          poll();
        }
        // A browser gives up for good on an answer that is no stream; we do not, and not all phones at once.
        if (source.readyState === EventSource.CLOSED) setTimeout(listen, REOPEN_MS * (1 + Math.random()));
      });
    }

    screen?.querySelector("button").addEventListener("click", putCallScreenAway);
    listen();
    window.addEventListener("online", poll);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && pollTimer && poll());
  }

  document.querySelectorAll("[data-live-stream]").forEach(follow);
})();
