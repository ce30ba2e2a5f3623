/*
 * The display of a site. Root: [data-board-stream="url"], data-time-zone, optional data-alive-seconds (45) and data-known-calls
 * (the ids of the calls that the page was made with, with spaces between them: they are no news).
 * Event "board": {sequence, now, calls: [{call_id, number, counter, counter_name, agency, agency_name, called_at, times_called}, ...newest first],
 * counters: [{agency, counter_name, number, state}], next: [{number, ...}], waiting: [{agency, is_live}], notices: ["text" or {text}]};
 * event "alive" keeps a silent connection from being taken for a dead one.
 * [data-board-list="calls|counters|next|notices"] with data-template="id" and data-limit is drawn again from its <template>; with
 * data-rotate-seconds what is beyond the limit takes its turn. [data-board-list="latest"] holds the newest call, "calls" the others.
 * In a template: [data-field="key"] receives text, and data-long when it is longer than LONG, [data-when-repeat] is kept when times_called > 1, the first element gets data-agency.
 * [data-board-empty] is shown while nobody is called, [data-board-state] while not connected; [data-clock-time], [data-clock-date] tick.
 * For other scripts the document is told "gerai:board" when something was drawn and, afterwards, "gerai:called" with each call that
 * is news, once, the earlier one first. What happened while the page was away is news for CATCH_UP_MS; older calls are only shown.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-board-stream]");
  if (!root) return;
  const FLASH_MS = 7000;
  const CATCH_UP_MS = 120000;
  const KEPT_MS = 30 * 60000;
  const KNOWN_AT_MOST = 300;
  const LONG = 10;
  const aliveMs = Number(root.dataset.aliveSeconds || 45) * 1000;
  const language = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
  const timeZone = root.dataset.timeZone || "Asia/Jakarta";
  const timeFormat = new Intl.DateTimeFormat(language, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dateFormat = new Intl.DateTimeFormat(language, { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const memory = `gerai-calls ${root.dataset.boardStream}`;
  const list = (name) => root.querySelector(`[data-board-list="${name}"]`);
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  let source = null;
  let lastSequence = -1;
  let lastHeard = Date.now();
  let clockOffset = 0;
  let shown = [];
  const known = new Set(remembered() ?? (root.dataset.knownCalls || "").split(" "));
  const flashing = new Map();
  const drawn = new Map();

  // A page that is loaded again goes on where it was: what was called meanwhile is news, what was told is not.
  function remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(memory));
    } catch {
      return null;
    }
  }

  function remember() {
    try {
      sessionStorage.setItem(memory, JSON.stringify([...known].slice(-KNOWN_AT_MOST)));
    } catch {
      // A browser without storage forgets when it is loaded again, and nothing else.
    }
  }

  function build(template, item) {
    const copy = template.content.cloneNode(true);
    const element = copy.firstElementChild;
    if (item.agency) element.dataset.agency = item.agency;
    if (item.call_id !== undefined) element.dataset.callId = item.call_id;
    for (const field of copy.querySelectorAll("[data-field]")) {
      field.textContent = item[field.dataset.field] ?? "";
      field.toggleAttribute("data-long", field.textContent.length > LONG);
    }
    for (const part of copy.querySelectorAll("[data-when-repeat]")) {
      if (!(item.times_called > 1)) part.remove();
    }
    return copy;
  }

  function draw(name, items) {
    const target = list(name);
    const template = target && document.getElementById(target.dataset.template);
    if (!template) return;
    const before = drawn.get(name);
    const now = { items, text: JSON.stringify(items), page: before?.page ?? 0, turnedAt: before?.turnedAt ?? Date.now() };
    drawn.set(name, now);
    // What reads the same stays: a flash goes on, and nothing is read aloud twice.
    if (before?.text !== now.text) fill(target, template, now);
  }

  function fill(target, template, { items, page }) {
    const limit = Number(target.dataset.limit || items.length) || 1;
    const pages = target.dataset.rotateSeconds ? Math.max(1, Math.ceil(items.length / limit)) : 1;
    const first = (page % pages) * limit;
    target.textContent = "";
    for (const item of items.slice(first, first + limit)) {
      target.append(build(template, typeof item === "string" ? { text: item } : item));
    }
    const place = root.querySelector(`[data-board-page="${target.dataset.boardList}"]`);
    if (place) place.textContent = pages > 1 ? `${(page % pages) + 1}/${pages}` : "";
  }

  function rotate() {
    for (const target of root.querySelectorAll("[data-rotate-seconds]")) {
      const now = drawn.get(target.dataset.boardList);
      if (!now || now.items.length <= Number(target.dataset.limit)) continue;
      if (Date.now() - now.turnedAt < Number(target.dataset.rotateSeconds) * 1000) continue;
      now.turnedAt = Date.now();
      now.page += 1;
      fill(target, document.getElementById(target.dataset.template), now);
    }
  }

  // A server that has just started knows nothing of an agency at first: what it said of its calls before stays until then.
  function withSilentAgencies(board) {
    const live = new Set((board.waiting || []).filter((agency) => agency.is_live).map((agency) => agency.agency));
    const ticketOf = (call) => String(call.call_id).split(":")[0];
    const told = new Set((board.calls || []).map(ticketOf));
    const since = Date.parse(board.now) - KEPT_MS;
    const kept = shown.filter((call) => !live.has(call.agency) && !told.has(ticketOf(call)) && Date.parse(call.called_at) > since);
    const calls = [...(board.calls || []), ...kept];
    if (kept.length) calls.sort((one, other) => Date.parse(other.called_at) - Date.parse(one.called_at));
    const counters = (board.counters || []).map((line) => {
      const there = !line.number && kept.find((call) => call.agency === line.agency && call.counter === line.counter);
      return there ? { ...line, number: there.number } : line;
    });
    return { ...board, calls, counters };
  }

  function newsOf(board) {
    const oldest = Date.parse(board.now) - CATCH_UP_MS;
    const unknown = board.calls.filter((call) => !known.has(call.call_id)).reverse();
    unknown.forEach((call) => known.add(call.call_id));
    if (unknown.length) remember();
    return unknown.filter((call) => !(Date.parse(call.called_at) < oldest));
  }

  function flash(calls) {
    const until = Date.now() + FLASH_MS;
    for (const call of calls) {
      flashing.set(call.call_id, until);
      setTimeout(showFlashes, FLASH_MS + 50);
    }
    showFlashes();
  }

  function showFlashes() {
    for (const [id, until] of flashing) if (until <= Date.now()) flashing.delete(id);
    for (const element of root.querySelectorAll("[data-call-id]")) {
      element.toggleAttribute("data-flash", flashing.has(element.dataset.callId));
    }
  }

  function show(told) {
    if (typeof told.sequence === "number" && told.sequence <= lastSequence) return;
    lastSequence = told.sequence ?? lastSequence;
    if (told.now) clockOffset = Date.parse(told.now) - Date.now();
    const board = withSilentAgencies(told);
    shown = board.calls;
    const news = newsOf(board);
    draw("latest", board.calls.slice(0, 1));
    draw("calls", list("latest") ? board.calls.slice(1) : board.calls);
    const states = list("counters")?.dataset || {};
    const empty = { paused: states.textPaused, closed: states.textClosed };
    draw("counters", board.counters.map((line) => ({ ...line, number: line.number ?? empty[line.state] ?? "–" })));
    draw("next", board.next || []);
    draw("notices", board.notices || []);
    root.querySelectorAll("[data-board-empty]").forEach((element) => (element.hidden = board.calls.length > 0));
    flash(news);
    tick();
    tell("gerai:board", board);
    news.forEach((call) => tell("gerai:called", call));
  }

  function showConnection(connected) {
    root.toggleAttribute("data-disconnected", !connected);
    for (const element of root.querySelectorAll("[data-board-state]")) {
      if (element.hidden !== connected) element.hidden = connected;
    }
    const since = root.querySelector("[data-board-since]");
    const time = timeFormat.format(new Date(lastHeard + clockOffset));
    if (since && !connected && since.textContent !== time) since.textContent = time;
  }

  function hear() {
    lastHeard = Date.now();
  }

  function listen() {
    source?.close();
    source = new EventSource(root.dataset.boardStream);
    source.openedAt = Date.now();
    source.addEventListener("open", () => {
      lastSequence = -1; // the first board of a connection is a snapshot, perhaps of a server that counts anew
      hear();
      showConnection(true);
    });
    source.addEventListener("board", (event) => {
      hear();
      show(JSON.parse(event.data));
    });
    source.addEventListener("alive", hear);
    source.addEventListener("error", () => showConnection(false));
  }

  function tick() {
    const now = new Date(Date.now() + clockOffset);
    const put = (name, text) => {
      for (const element of root.querySelectorAll(name)) if (element.textContent !== text) element.textContent = text;
    };
    put("[data-clock-time]", timeFormat.format(now));
    put("[data-clock-date]", dateFormat.format(now));
  }

  function watch() {
    tick();
    rotate();
    const silent = Date.now() - lastHeard > aliveMs;
    if (!silent && source.readyState !== EventSource.CLOSED) return;
    // A cable pulled out makes no error event; a screen on a wall has nobody to press reload.
    showConnection(false);
    const waited = Date.now() - source.openedAt;
    if (waited > (source.readyState === EventSource.CLOSED ? 3000 : aliveMs)) listen();
  }

  remember();
  listen();
  tick();
  setInterval(watch, 1000);
})();
