/*
 * Small kindnesses for forms; every form works without them.
 * form[data-guard]            a second press while the form is on its way is ignored; the button shows its data-busy-label.
 * form[data-draft="name"]     what was typed survives a lost connection in this tab (sessionStorage). Never kept: passwords, files,
 *                             hidden fields, [data-no-draft] (identity numbers). [data-draft-clear="name"] on the next page forgets it.
 * [data-deadline="time"]      counts down to an ISO 8601 time in [data-deadline-text]; data-server-now corrects a wrong clock. At the
 *                             end shows [data-deadline-expired], hides [data-deadline-running], and fires "deadline" on the element.
 * [data-count-for="id"]       tells how many characters are left of the maxlength of that field, with data-count-text "{count}".
 * #error-summary              receives the focus.
 */
(() => {
  "use strict";
  const KEPT_OUT = new Set(["password", "file", "hidden", "submit", "button", "reset"]);

  function guard(form) {
    const release = () => {
      form.removeAttribute("data-submitting");
      for (const button of form.querySelectorAll("button[aria-disabled]")) {
        button.removeAttribute("aria-disabled");
        const label = button.querySelector("[data-button-label]");
        if (label?.dataset.label) label.textContent = label.dataset.label;
      }
    };
    form.addEventListener("submit", (event) => {
      if (form.hasAttribute("data-submitting")) return event.preventDefault();
      form.setAttribute("data-submitting", "");
      for (const button of form.querySelectorAll("button[type=submit]")) {
        button.setAttribute("aria-disabled", "true"); // not "disabled": its name and value still have to be sent
        const label = button.querySelector("[data-button-label]");
        if (label && button.dataset.busyLabel && button === (event.submitter ?? button)) {
          label.dataset.label = label.textContent;
          label.textContent = button.dataset.busyLabel;
        }
      }
    });
    window.addEventListener("pageshow", release); // back button: the page returns as it was left
  }

  // Storage may be full or forbidden; then the form works without a draft.
  function stored(action) {
    try {
      return action(sessionStorage);
    } catch {
      return null;
    }
  }

  function keepDraft(form) {
    const fields = [...form.elements].filter((field) => field.name && !KEPT_OUT.has(field.type) && !("noDraft" in field.dataset));
    const key = `gerai-draft:${form.dataset.draft}`;
    const draft = stored((storage) => JSON.parse(storage.getItem(key))) || {};
    const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
    const isFresh = !document.getElementById("error-summary"); // a refused form comes back with what was typed
    for (const field of isFresh ? fields : []) {
      const kept = draft[field.name];
      if (kept === undefined) continue;
      if (isChoice(field)) field.checked = kept.includes(field.value);
      else if (kept.length && (!field.value || field.tagName === "SELECT")) field.value = kept[0];
    }
    form.addEventListener("input", () => {
      const values = {};
      for (const field of fields) {
        values[field.name] = values[field.name] ?? [];
        if (!isChoice(field) || field.checked) values[field.name].push(field.value);
      }
      stored((storage) => storage.setItem(key, JSON.stringify(values)));
    });
  }

  function clock(seconds) {
    const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
    if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
    return parts.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(".");
  }

  function countDown(element) {
    const offset = element.dataset.serverNow ? Date.parse(element.dataset.serverNow) - Date.now() : 0;
    const end = Date.parse(element.dataset.deadline);
    const text = element.querySelector("[data-deadline-text]");
    const region = element.querySelector("[data-deadline-announce]");
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - Date.now() - offset) / 1000));
      if (text) text.textContent = clock(left);
      element.toggleAttribute("data-deadline-soon", left > 0 && left <= 120);
      if (region && (left === 300 || left === 60)) region.textContent = region.dataset.text.replace("{minutes}", String(left / 60));
      if (left > 0) return;
      clearInterval(timer);
      element.setAttribute("data-deadline-over", "");
      element.querySelectorAll("[data-deadline-running], [data-deadline-text]").forEach((part) => (part.hidden = true));
      element.querySelectorAll("[data-deadline-expired]").forEach((part) => (part.hidden = false));
      if (region) region.textContent = element.querySelector("[data-deadline-expired]")?.textContent ?? "";
      element.dispatchEvent(new CustomEvent("deadline", { bubbles: true }));
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  function countCharacters(output) {
    const field = document.getElementById(output.dataset.countFor);
    const limit = Number(field?.getAttribute("maxlength"));
    if (!limit) return;
    const show = () => (output.textContent = output.dataset.countText.replace("{count}", String(limit - field.value.length)));
    field.addEventListener("input", show);
    if (field.value) show();
  }

  document.querySelectorAll("[data-draft-clear]").forEach((element) => stored((storage) => storage.removeItem(`gerai-draft:${element.dataset.draftClear}`)));
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  document.querySelectorAll("form[data-guard]").forEach(guard);
  document.querySelectorAll("[data-deadline]").forEach(countDown);
  document.querySelectorAll("[data-count-for]").forEach(countCharacters);
  document.getElementById("error-summary")?.focus();
})();
