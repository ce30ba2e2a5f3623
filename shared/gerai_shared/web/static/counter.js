/*
 * Actions of an officer, sent without loading the page again; without this script the same forms are sent as plain forms.
 * Root: [data-counter] with the texts data-text-sending, data-text-saved, data-text-unsaved, data-text-refused. Inside:
 * form[data-api="url"] is sent as JSON by POST with an Idempotency-Key; the same key is used until the server has answered, so that
 * a repeated attempt never acts twice. Fields: idempotency_key is left out, form_token becomes the header X-Form-Token, data-type="integer" a number,
 * data-type="boolean" true or false. An answer may carry "message"; a refusal shows its "detail" (problem+json).
 * [data-action-state] (role=status, outside #panel) says honestly whether it is saved. Afterwards "gerai:refresh" is fired.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-counter]");
  if (!root) return;
  const ATTEMPT_MS = 8000;
  const RETRY_MS = [1000, 2000, 4000, 8000];
  const TRY_AGAIN = new Set([429, 502, 503, 504]);
  const stateLine = root.querySelector("[data-action-state]");
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const SAVED_SHOWN_MS = 8000;
  let busy = false;
  let sayTimer = null;

  function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    // randomUUID is missing on plain http inside an office network.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function say(kind, text) {
    if (!stateLine) return;
    clearTimeout(sayTimer);
    if (kind === "saved") sayTimer = setTimeout(() => (stateLine.textContent = ""), SAVED_SHOWN_MS);
    stateLine.dataset.kind = kind;
    stateLine.textContent = text || root.getAttribute(`data-text-${kind}`) || "";
  }

  function typed(field, value) {
    const type = field?.dataset?.type;
    if (type === "integer") return value === "" ? null : Number(value);
    if (type === "boolean") return value === "true" || value === "on";
    return value;
  }

  function requestOf(form, submitter) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": newKey() };
    const body = {};
    const values = [...new FormData(form)];
    if (submitter?.name) values.push([submitter.name, submitter.value]);
    for (const [name, value] of values) {
      if (name === "idempotency_key") continue;
      if (name === "form_token") headers["X-Form-Token"] = value;
      else body[name] = typed(form.elements[name], value);
    }
    return { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" };
  }

  async function attempt(url, request) {
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), ATTEMPT_MS);
    try {
      return await fetch(url, { ...request, signal: cut.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  async function untilAnswered(url, request) {
    for (let round = 0; ; round += 1) {
      let wait = RETRY_MS[Math.min(round, RETRY_MS.length - 1)];
      try {
        const answer = await attempt(url, request);
        if (!TRY_AGAIN.has(answer.status)) return answer;
        wait = Math.max(wait, Number(answer.headers.get("Retry-After") || 0) * 1000);
      } catch {
        // No answer: the action may have happened or not. The same key makes it safe to ask again.
      }
      say("unsaved");
      await pause(wait);
    }
  }

  function markBusy(now) {
    busy = now;
    root.toggleAttribute("data-busy", now);
    for (const button of root.querySelectorAll("form[data-api] button")) {
      if (now) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }

  async function act(form, submitter) {
    if (busy) return;
    const request = requestOf(form, submitter);
    markBusy(true);
    say("sending");
    const answer = await untilAnswered(form.dataset.api, request);
    const body = await answer.json().catch(() => ({}));
    markBusy(false);
    if (answer.status === 401) return location.reload();
    if (answer.ok) {
      say("saved", body.message);
      form.reset();
      // What is typed in is not replaced; this is done with.
      if (form.contains(document.activeElement)) document.activeElement.blur();
    } else {
      say("refused", body.detail || body.title);
    }
    root.dispatchEvent(new CustomEvent("gerai:refresh", { bubbles: true }));
  }

  root.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-api]")) return;
    event.preventDefault();
    act(event.target, event.submitter);
  });
  window.addEventListener("beforeunload", (event) => busy && event.preventDefault());
})();
