/*
 * Kindness at a kiosk; everything works without it.
 * [data-idle-seconds] on [data-kiosk-over]   after so long without a touch or key, dialog[data-idle] asks whether somebody is there, and
 *                                            after 15 seconds more leads to that address, where the next person begins.
 * [data-retry-seconds]                       loads the address in data-kiosk-over again after so long.
 * dialog[data-away]                          is shown while the server does not answer: a link or form is followed when it does again,
 *                                            so that no browser's own page of errors stands where nobody can close it.
 * button[data-speak]                         reads the page aloud: the sound at [data-speech-url], of a moving part the newest; where the
 *                                            mall has no voice, every [data-spoken] by the browser's, if it has one of the page's language.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-kiosk-over]");
  if (!root) return;

  const WARNING_SECONDS = 15;
  const PROBE_MS = 2000;
  const away = document.querySelector("dialog[data-away]");
  let isLeaving = false;
  let isLetThrough = false;

  async function answers() {
    try {
      return (await fetch("/healthz", { cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  // One way out at a time; whatever is touched meanwhile is not done twice.
  async function leave(follow) {
    if (isLeaving) return;
    isLeaving = true;
    while (!(await answers())) {
      if (away && !away.open) away.showModal();
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
    away?.close();
    follow();
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("a[href]");
      if (!link || link.classList.contains("skip-link") || link.getAttribute("href").startsWith("#")) return;
      event.preventDefault();
      leave(() => location.assign(link.href));
    },
    true,
  );
  document.addEventListener(
    "submit",
    (event) => {
      if (isLetThrough) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { target, submitter } = event;
      leave(() => {
        isLetThrough = true;
        target.requestSubmit(submitter);
      });
    },
    true,
  );
  window.addEventListener("pageshow", () => {
    isLeaving = false;
    isLetThrough = false;
  });
  if (root.dataset.retrySeconds) {
    setTimeout(() => leave(() => location.replace(root.dataset.kioskOver)), Number(root.dataset.retrySeconds) * 1000);
  }

  const idleSeconds = Number(root.dataset.idleSeconds || 0);
  const dialog = document.querySelector("dialog[data-idle]");
  const left = dialog?.querySelector("[data-idle-left]");
  let timer = null;

  function ask(seconds) {
    if (seconds <= 0) return leave(() => location.replace(root.dataset.kioskOver));
    if (!dialog.open) dialog.showModal();
    left.textContent = String(seconds);
    timer = setTimeout(ask, 1000, seconds - 1);
  }

  function stay() {
    clearTimeout(timer);
    if (dialog.open) dialog.close();
    timer = setTimeout(ask, idleSeconds * 1000, WARNING_SECONDS);
  }

  if (idleSeconds && dialog) {
    for (const sign of ["pointerdown", "keydown", "input", "scroll"]) document.addEventListener(sign, stay, { passive: true });
    dialog.addEventListener("close", stay);
    dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
    stay();
  }

  const speak = document.querySelector("[data-speak]");
  const speech = window.speechSynthesis;
  const language = document.documentElement.lang;
  const voice = () => speech?.getVoices().find((each) => each.lang.toLowerCase().startsWith(language));
  const ownVoice = () => [...document.querySelectorAll("[data-speech-url]")].at(-1)?.dataset.speechUrl;
  let sound = null;

  function offerVoice() {
    speak.hidden = !ownVoice() && !voice();
  }

  function sayByBrowser() {
    if (!voice()) return;
    speech.cancel();
    for (const part of document.querySelectorAll("[data-spoken]")) {
      const said = new SpeechSynthesisUtterance(part.textContent.trim());
      said.voice = voice();
      said.lang = said.voice.lang;
      said.rate = 0.9;
      speech.speak(said);
    }
  }

  // A second touch begins anew, and never speaks over the first.
  function say() {
    sound?.pause();
    if (!ownVoice()) return sayByBrowser();
    sound = new Audio(ownVoice());
    sound.addEventListener("error", sayByBrowser);
    sound.play().catch(() => {});
  }

  if (speak) {
    offerVoice();
    speech?.addEventListener?.("voiceschanged", offerVoice);
    speak.addEventListener("click", say);
    window.addEventListener("pagehide", () => {
      sound?.pause();
      speech?.cancel();
    });
  }
})();
