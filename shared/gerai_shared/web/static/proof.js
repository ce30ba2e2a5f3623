/*
 * input[data-proof='{challenge}']  a task for this device while very many people book: the number whose SHA-256 with the salt is
 * the challenge. It is looked for as soon as the page is there; a form that is sent before it is found waits for it, with the
 * words of data-text-working on its button. [data-proof-status] says the same to screen readers. Where a browser cannot do
 * this, [data-proof-fallback] is shown. Without this script the form says where else to turn.
 */
(() => {
  "use strict";
  const AT_ONCE = 256; // so many digests are under way together: the page stays quick in between
  const field = document.querySelector("input[data-proof]");
  if (!field) return;
  const form = field.form;
  const status = form.querySelector("[data-proof-status]");
  const task = JSON.parse(field.dataset.proof);
  let isDone = false;

  const toHex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function solve() {
    const encoder = new TextEncoder();
    for (let first = 0; first <= task.maxnumber; first += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, task.maxnumber - first + 1) }, (_, index) => first + index);
      const digests = await Promise.all(numbers.map((number) => crypto.subtle.digest(task.algorithm, encoder.encode(task.salt + number))));
      const found = digests.findIndex((digest) => toHex(digest) === task.challenge);
      if (found >= 0) return numbers[found];
    }
    throw new Error("no number solves the task");
  }

  function say(text) {
    status.textContent = text;
  }

  const solved = solve().then(
    (number) => {
      const { algorithm, challenge, salt, signature } = task;
      field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
      isDone = true;
      say(field.dataset.textDone);
    },
    () => {
      isDone = true;
      form.querySelector("[data-proof-fallback]").hidden = false;
    },
  );

  // Before form-guard.js hears of it: to it, the form is sent once.
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || isDone) return;
      event.preventDefault();
      event.stopPropagation();
      if (form.hasAttribute("data-proving")) return;
      form.setAttribute("data-proving", "");
      const button = event.submitter ?? form.querySelector("button[type=submit]");
      const label = button?.querySelector("[data-button-label]");
      const text = label?.textContent;
      if (label) label.textContent = field.dataset.textWorking;
      say(field.dataset.textWorking);
      solved.then(() => {
        form.removeAttribute("data-proving");
        if (label) label.textContent = text;
        form.requestSubmit(button?.name ? button : undefined);
      });
    },
    true,
  );
})();
