/*
 * The display of a site. Root: [data-board-stream="url"], data-time-zone, optional data-alive-seconds (45).
 * Event "board": {sequence, now, calls: [{call_id, number, counter, counter_name, agency, agency_name, times_called}, ...newest first],
 * next: [{number, ...}], notices: ["text" or {text}]}; event "alive" keeps a silent connection from being taken for a dead one.
 * [data-board-list="calls|next|notices"] with data-template="id" and data-limit is drawn again from its <template>;
 * [data-board-list="latest"] holds the newest call; "calls" then holds the others.
 * In a template: [data-field="key"] receives text, [data-when-repeat] is kept when times_called > 1, the first element gets data-agency.
 * [data-board-empty] is shown while nobody is called, [data-board-state] while not connected; [data-clock-time], [data-clock-date] tick.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-board-stream]");
  if (!root) return;
  const FLASH_MS = 7000;
  const aliveMs = Number(root.dataset.aliveSeconds || 45) * 1000;
  const language = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
  const timeZone = root.dataset.timeZone || "Asia/Jakarta";
  const timeFormat = new Intl.DateTimeFormat(language, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dateFormat = new Intl.DateTimeFormat(language, { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const list = (name) => root.querySelector(`[data-board-list="${name}"]`);

  let source = null;
  let lastSequence = -1;
  let lastHeard = Date.now();
  let clockOffset = 0;
  let seenCall = list("latest")?.firstElementChild?.dataset.callId;

  function build(template, item) {
    const copy = template.content.cloneNode(true);
    const element = copy.firstElementChild;
    if (item.agency) element.dataset.agency = item.agency;
    if (item.call_id !== undefined) element.dataset.callId = item.call_id;
    for (const field of copy.querySelectorAll("[data-field]")) field.textContent = item[field.dataset.field] ?? "";
    for (const part of copy.querySelectorAll("[data-when-repeat]")) {
      if (!(item.times_called > 1)) part.remove();
    }
    return copy;
  }

  function draw(name, items) {
    const target = list(name);
    const template = target && document.getElementById(target.dataset.template);
    if (!template) return;
    const shown = items.slice(0, Number(target.dataset.limit || items.length));
    target.textContent = "";
    for (const item of shown) target.append(build(template, typeof item === "string" ? { text: item } : item));
  }

  function flash(call) {
    const element = list("latest")?.firstElementChild;
    if (!element || String(call.call_id) === seenCall) return;
    // The first board after the page was opened is no news.
    if (seenCall !== undefined || lastSequence >= 0) {
      element.setAttribute("data-flash", "");
      setTimeout(() => element.removeAttribute("data-flash"), FLASH_MS);
    }
    seenCall = String(call.call_id);
  }

  function show(board) {
    if (typeof board.sequence === "number" && board.sequence <= lastSequence) return;
    if (board.now) clockOffset = Date.parse(board.now) - Date.now();
    const calls = board.calls || [];
    draw("latest", calls.slice(0, 1));
    draw("calls", list("latest") ? calls.slice(1) : calls);
    draw("next", board.next || []);
    draw("notices", board.notices || []);
    root.querySelectorAll("[data-board-empty]").forEach((element) => (element.hidden = calls.length > 0));
    if (calls.length) flash(calls[0]);
    lastSequence = board.sequence ?? lastSequence;
    tick();
  }

  function showConnection(connected) {
    root.querySelectorAll("[data-board-state]").forEach((element) => (element.hidden = connected));
  }

  function listen() {
    source?.close();
    lastHeard = Date.now();
    source = new EventSource(root.dataset.boardStream);
    source.addEventListener("open", () => {
      lastHeard = Date.now();
      lastSequence = -1; // the first board of a connection is a snapshot, perhaps of a server that counts anew
      showConnection(true);
    });
    source.addEventListener("board", (event) => {
      lastHeard = Date.now();
      show(JSON.parse(event.data));
    });
    source.addEventListener("alive", () => (lastHeard = Date.now()));
    source.addEventListener("error", () => showConnection(false));
  }

  function tick() {
    const now = new Date(Date.now() + clockOffset);
    root.querySelectorAll("[data-clock-time]").forEach((element) => (element.textContent = timeFormat.format(now)));
    root.querySelectorAll("[data-clock-date]").forEach((element) => (element.textContent = dateFormat.format(now)));
  }

  function watch() {
    tick();
    const silent = Date.now() - lastHeard > aliveMs;
    if (!silent && source.readyState !== EventSource.CLOSED) return;
    // A cable pulled out makes no error event; a screen on a wall has nobody to press reload.
    showConnection(false);
    if (silent || Date.now() - lastHeard > 5000) listen();
  }

  listen();
  tick();
  setInterval(watch, 1000);
})();
