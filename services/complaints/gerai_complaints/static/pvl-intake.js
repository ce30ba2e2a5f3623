/*
 * The page on which people are received: saves to the tablet first (pvl-store.js), sends when it can, shows what waits and the receipts.
 * A record is sent with the key it was given on the tablet until the server has answered: sent twice, it is written down once.
 * What the server refuses stays, with the error at its field, until it is mended.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-pvl]");
  const store = window.geraiPvl;
  const form = root.querySelector("[data-intake]");
  const texts = root.dataset;
  const find = (name, within = root) => within.querySelector(`[data-${name}]`);
  const fresh = (name) => find(name).content.firstElementChild.cloneNode(true);

  const CACHE = "gerai-pvl";
  const AGAIN_MS = 15000;
  const ANSWER_MS = 20000;
  // Not the record's fault: it waits and is sent again.
  const PASSING = new Set([401, 408, 425, 429]);
  const NAMES = ["kind", "classification", "title", "text", "advice", "legal_basis", "agency", "service", "occurred_on", "name", "phone", "email"];
  const WISHES = ["anonymous", "confidential"];
  let mended = null;
  let isDirty = false;
  let timer = null;

  const isSecure = window.isSecureContext && window.indexedDB && window.crypto?.subtle;
  if (!isSecure) {
    find("insecure").hidden = false;
    form.hidden = true;
    return;
  }

  const wish = (name) => form.querySelector(`input[name="wishes"][value="${name}"]`);
  const shownTime = (moment) =>
    new Intl.DateTimeFormat(texts.language, { dateStyle: "medium", timeStyle: "short", timeZone: texts.timeZone }).format(new Date(moment));
  const shownDay = (day) => new Intl.DateTimeFormat(texts.language, { dateStyle: "full", timeZone: "UTC" }).format(new Date(day));

  // ---- the form

  function arrange() {
    const kind = form.elements.kind.value;
    for (const part of form.querySelectorAll("[data-only]")) part.hidden = part.disabled = part.dataset.only !== kind;
    form.elements.name.disabled = wish("anonymous").checked;
    const { service, agency } = form.elements;
    for (const option of service.options) option.hidden = option.disabled = Boolean(option.value) && option.dataset.agency !== agency.value;
    if (service.selectedOptions[0]?.disabled) service.value = "";
  }

  function typed() {
    const body = {};
    for (const name of NAMES) {
      const field = form.elements[name];
      const isLeftOut = field instanceof Element && field.matches(":disabled");
      if (!isLeftOut && field.value !== "") body[name] = field.value;
    }
    for (const name of WISHES) body[name] = wish(name).checked;
    return { ...body, consent: form.elements.consent.checked, language: texts.language };
  }

  function fill(body) {
    form.reset();
    for (const name of NAMES) if (body[name] !== undefined) form.elements[name].value = body[name];
    for (const name of WISHES) wish(name).checked = body[name];
    form.elements.consent.checked = body.consent;
    arrange();
    form.elements.service.value = body.service ?? "";
  }

  // What is certain to be refused is told at once, without network too.
  function lacking() {
    const errors = {};
    for (const field of form.querySelectorAll("[required]:enabled")) if (!field.value.trim()) errors[field.name] = texts.textFill;
    if (!form.elements.consent.checked) errors.consent = texts.textFill;
    for (const field of [form.elements.email, form.elements.occurred_on]) if (!field.matches(":disabled") && !field.validity.valid) errors[field.name] = field.validationMessage;
    return errors;
  }

  function labelOf(field) {
    const label = field.closest(".choice")?.querySelector(".choice__label") ?? form.querySelector(`label[for="${field.id}"]`);
    return label.firstChild.textContent.trim();
  }

  function showErrors(errors) {
    for (const old of form.querySelectorAll(".field__error")) old.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    const lines = find("summary").querySelector("ul");
    lines.replaceChildren();
    for (const [name, message] of Object.entries(errors)) {
      const field = document.getElementById(`field-${name}`);
      const line = document.createElement("li");
      if (field && form.contains(field)) {
        const told = fresh("error");
        told.id = `error-${name}`;
        find("message", told).textContent = message;
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", [`hint-${name}`, told.id].filter((id) => id === told.id || document.getElementById(id)).join(" "));
        (field.closest(".choice") ?? field).before(told);
        const link = document.createElement("a");
        link.href = `#${field.id}`;
        link.textContent = `${labelOf(field)}: ${message}`;
        line.append(link);
      } else line.textContent = message;
      lines.append(line);
    }
    find("summary").hidden = !lines.childElementCount;
    if (lines.childElementCount) find("summary").focus();
  }

  function begin() {
    mended = null;
    isDirty = false;
    form.reset();
    arrange();
    showErrors({});
    find("mending").hidden = find("leave").hidden = true;
  }

  async function mend(record) {
    const { body, errors, problem } = await store.contents(record);
    mended = record;
    fill(body);
    find("mending").hidden = find("leave").hidden = false;
    find("mending").querySelector("strong").textContent = record.number;
    showErrors(Object.keys(errors ?? {}).length ? errors : { "": problem });
  }

  async function save(event) {
    event.preventDefault();
    const errors = lacking();
    showErrors(errors);
    if (Object.keys(errors).length) return;
    const button = find("save");
    button.disabled = true;
    try {
      const record = mended ?? {
        id: crypto.randomUUID(),
        event: texts.event,
        number: await store.nextNumber(),
        takenAt: new Date().toISOString(),
      };
      const body = typed();
      await store.put({ ...record, kind: body.kind, standing: "waiting" }, { body });
      showProvisional(record);
      begin();
      await show();
      send();
    } catch (error) {
      // A full disk, or a browser that forbids it: whoever stands here has to know now.
      find("broken").hidden = false;
      throw error;
    } finally {
      button.disabled = false;
    }
  }

  // ---- what waits, and receipts

  function item(record) {
    const line = fresh("item");
    find("number", line).textContent = record.number;
    find("kind", line).textContent = record.kind === "consultation" ? texts.textConsultation : texts.textComplaint;
    find("time", line).textContent = shownTime(record.takenAt);
    const isRefused = record.standing === "refused";
    find("standing", line).textContent = isRefused ? texts.textRefused : texts.textKept;
    find("standing", line).classList.add(isRefused ? "badge--danger" : "badge--neutral");
    find("mend", line).hidden = !isRefused;
    find("mend", line).querySelector("button").addEventListener("click", () => mend(record));
    if (isRefused) {
      store.contents(record).then(({ problem }) => {
        find("problem", line).textContent = problem;
        find("problem", line).hidden = false;
      });
    }
    return line;
  }

  function showProvisional(record) {
    const receipt = fresh("provisional");
    receipt.dataset.of = record.id;
    find("number", receipt).textContent = record.number;
    find("time", receipt).textContent = shownTime(record.takenAt);
    // Those of before are in the list below; this one is for who stands here now.
    for (const old of root.querySelectorAll("[data-is-provisional]")) old.remove();
    receipt.dataset.isProvisional = "";
    find("receipts").prepend(receipt);
    receipt.scrollIntoView({ block: "center" });
  }

  function drop(id) {
    root.querySelector(`[data-of="${id}"]`)?.remove();
  }

  function showReceipt(id, told) {
    const receipt = fresh("receipt");
    receipt.dataset.of = id;
    const write = (name, text) => (find(name, receipt).textContent = text);
    write("number", told.number ?? "");
    write("local", told.local_number);
    write("officer", told.officer);
    write("time", shownTime(told.taken_at));
    write("arrived", shownTime(told.received_at));
    write("due", told.due_on ? shownDay(told.due_on) : "");
    write("link", told.link ?? "");
    if (told.qr) receipt.querySelector("img").src = told.qr;
    for (const row of ["number", "due", "link"]) receipt.querySelector(`[data-row="${row}"]`).hidden = !told.number;
    receipt.querySelector('[data-row="closed"]').hidden = Boolean(told.number);
    find("done", receipt).addEventListener("click", async () => {
      await store.removeReceipt(id);
      receipt.remove();
    });
    drop(id);
    find("receipts").prepend(receipt);
  }

  async function show() {
    const records = await store.list(texts.event);
    find("list").replaceChildren(...records.map(item));
    find("kept").hidden = !records.length;
    find("waiting").textContent = records.length ? texts.textWaiting.replace("{count}", String(records.length)) : texts.textNone;
    find("send").hidden = !records.some(({ standing }) => standing === "waiting");
    if (!records.length) document.querySelector("[data-records-wait]").hidden = true;
    return records;
  }

  function showConnection(isOnline) {
    find("connection").textContent = isOnline ? texts.textOnline : texts.textOffline;
  }

  // ---- sending

  async function sendOne(record) {
    const { body } = await store.contents(record);
    const answer = await fetch(`/api/v1/pvl/${texts.event}/intake`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": record.id },
      body: JSON.stringify({ ...body, local_number: record.number, taken_at: record.takenAt }),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.ok) {
      find("signed-out").hidden = true;
      const told = await answer.json();
      // First the receipt, then the end of the record: whatever happens in between, neither is lost.
      await store.keepReceipt(record.id, record.event, told);
      await store.remove(record.id);
      showReceipt(record.id, told);
      return;
    }
    if (answer.status === 401) find("signed-out").hidden = false;
    if (answer.status >= 500 || PASSING.has(answer.status)) throw new Error(`not now: ${answer.status}`);
    const refusal = await answer.json();
    const errors = Object.fromEntries(Object.entries(refusal.details?.fields ?? {}).map(([name, said]) => [name, said[0]]));
    drop(record.id);
    await store.put({ ...record, standing: "refused" }, { body, errors, problem: refusal.title });
  }

  async function sendAll() {
    clearTimeout(timer);
    let isOnline = navigator.onLine;
    try {
      for (const record of await store.list(texts.event)) if (record.standing === "waiting") await sendOne(record);
    } catch {
      isOnline = false;
      timer = setTimeout(send, AGAIN_MS);
    }
    showConnection(isOnline);
    await show();
  }

  // One page at a time, also of several tabs: they share the records.
  function send() {
    return navigator.locks.request("gerai-pvl-send", sendAll);
  }

  // ---- without network

  async function keepPage() {
    await navigator.serviceWorker.register("/pvl/worker.js", { scope: "/pvl/" });
    await navigator.serviceWorker.ready;
    const linked = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], use")].map(
      (element) => new URL(element.getAttribute("href") ?? element.getAttribute("src"), location.href),
    );
    const files = new Set(linked.filter((url) => url.pathname.startsWith("/static/")).map((url) => url.pathname + url.search));
    const page = await fetch(location.pathname, { redirect: "error" });
    if (!page.ok) return;
    const cache = await caches.open(CACHE);
    for (const file of files) if (!(await cache.match(file))) await cache.add(file);
    await cache.put(location.pathname, page);
    find("ready").textContent = texts.textReady;
    navigator.storage?.persist?.();
  }

  form.addEventListener("submit", save);
  form.addEventListener("input", () => (isDirty = true));
  form.addEventListener("change", arrange);
  find("leave").addEventListener("click", begin);
  find("send").addEventListener("click", send);
  window.addEventListener("online", send);
  window.addEventListener("offline", () => showConnection(false));
  window.addEventListener("beforeunload", (event) => isDirty && event.preventDefault());

  begin();
  store
    .receipts(texts.event)
    .then((known) => known.forEach(({ id, ...told }) => showReceipt(id, told)))
    .then(show)
    .then(send)
    .catch(() => (find("broken").hidden = false));
  if ("serviceWorker" in navigator) {
    // While there is no network, what was kept before is what one has.
    keepPage().catch(async () => {
      if (await caches.match(location.pathname)) find("ready").textContent = texts.textReady;
    });
  }
})();
