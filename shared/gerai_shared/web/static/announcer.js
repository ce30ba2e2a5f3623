/*
 * The voice of a display. Root: [data-speech="url with {call_id}"]; works on the events of board.js.
 * One announcement after another in the order of calls, each once. The picture never waits for it.
 * The document is told "gerai:announcing" and "gerai:announced" with {call_id, number, counter_name, times_called, how}; how is
 * "voice", "bell" (there is no recording) or "silent" (the browser does not allow sound yet, the display is muted, or its turn came too late).
 * [data-sound-start] is the button shown until the browser allows sound; any key or touch does as well.
 * [data-sound-toggle] mutes, with [data-sound-level] in it; keys: M mutes, + and - change the volume.
 * [data-voice-missing] is shown while calls have no recording. What is being said is marked with data-announcing.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-speech]");
  if (!root || !window.AudioContext) return;
  const MEMORY = "gerai-sound";
  const FETCH_MS = 8000;
  // Where more is called than can be said, what has waited so long would call people who are long served.
  const LATEST_MS = 120000;
  const STEP = 0.1;
  // Two falling tones, as in the recordings: hertz, and the second at which each begins.
  const BELL = [[783.99, 0], [622.25, 0.42]];

  const context = new AudioContext();
  const gain = context.createGain();
  gain.connect(context.destination);
  const setting = { muted: false, volume: 1, ...remembered() };
  const queue = [];
  let busy = false;
  let announcing = null;
  let allowing = false;

  const each = (name, change) => root.querySelectorAll(name).forEach(change);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const maySound = () => context.state === "running" && !setting.muted;

  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(MEMORY));
    } catch {
      return null;
    }
  }

  function apply() {
    gain.gain.value = setting.muted ? 0 : setting.volume;
    each("[data-sound-start]", (button) => (button.hidden = context.state === "running"));
    each("[data-sound-toggle]", (button) => {
      button.hidden = context.state !== "running";
      button.setAttribute("aria-pressed", String(setting.muted));
    });
    each("[data-sound-level]", (text) => (text.textContent = setting.muted ? "0%" : `${Math.round(setting.volume * 100)}%`));
  }

  function set(changes) {
    Object.assign(setting, changes);
    try {
      localStorage.setItem(MEMORY, JSON.stringify(setting));
    } catch {
      // A browser without storage is as loud as ever when it is loaded again.
    }
    apply();
  }

  // Asked for as soon as the call is there, so that it is here when its turn comes. Null: there is none.
  async function recording(call) {
    try {
      const url = root.dataset.speech.replace("{call_id}", encodeURIComponent(call.call_id));
      const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
      if (answer.ok || answer.status === 503) each("[data-voice-missing]", (note) => (note.hidden = answer.ok));
      return answer.ok ? await context.decodeAudioData(await answer.arrayBuffer()) : null;
    } catch {
      return null;
    }
  }

  // The clock of a sound card that went away stands still: nobody waits for it longer than the sound lasts.
  function play(buffer) {
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(gain);
    const ended = new Promise((done) => source.addEventListener("ended", done));
    source.start();
    return Promise.race([ended, wait(buffer.duration * 1000 + 2000)]);
  }

  function ring() {
    for (const [hertz, second] of BELL) {
      const tone = context.createOscillator();
      const fading = context.createGain();
      const at = context.currentTime + second;
      tone.frequency.value = hertz;
      fading.gain.setValueAtTime(0, at);
      fading.gain.linearRampToValueAtTime(0.35, at + 0.01);
      fading.gain.exponentialRampToValueAtTime(0.001, at + 1.1);
      tone.connect(fading).connect(gain);
      tone.start(at);
      tone.stop(at + 1.15);
    }
    return wait(1600);
  }

  async function sound({ call, asked, since }) {
    if (!maySound() || Date.now() - since > LATEST_MS) return "silent";
    const buffer = (await asked) ?? (await recording(call));
    if (!maySound()) return "silent";
    await (buffer ? play(buffer) : ring());
    return buffer ? "voice" : "bell";
  }

  function mark() {
    each("[data-call-id]", (element) => element.toggleAttribute("data-announcing", element.dataset.callId === announcing));
  }

  function tell(name, { call_id, number, counter_name, times_called }, how) {
    document.dispatchEvent(new CustomEvent(name, { detail: { call_id, number, counter_name, times_called, how } }));
  }

  async function work() {
    if (busy) return;
    busy = true;
    while (queue.length) {
      const item = queue.shift();
      announcing = maySound() ? item.call.call_id : null;
      mark();
      tell("gerai:announcing", item.call);
      const how = await sound(item).catch(() => "silent");
      announcing = null;
      mark();
      tell("gerai:announced", item.call, how);
    }
    busy = false;
  }

  document.addEventListener("gerai:called", ({ detail: call }) => {
    queue.push({ call, asked: maySound() ? recording(call) : null, since: Date.now() });
    queue.sort((one, other) => Date.parse(one.call.called_at) - Date.parse(other.call.called_at));
    work();
  });
  document.addEventListener("gerai:board", mark);

  // A press is a touch and a click: the bell that shows that there is sound rings once.
  async function allow() {
    if (context.state === "running" || allowing) return;
    allowing = true;
    await context.resume();
    allowing = false;
    if (maySound() && !busy) ring();
  }

  each("[data-sound-start]", (button) => button.addEventListener("click", allow));
  each("[data-sound-toggle]", (button) => button.addEventListener("click", () => set({ muted: !setting.muted })));
  document.addEventListener("pointerdown", allow);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    allow();
    const steps = { "+": STEP, "=": STEP, "-": -STEP };
    if (event.key.toLowerCase() === "m") set({ muted: !setting.muted });
    if (!(event.key in steps)) return;
    const volume = Math.min(1, Math.max(STEP, setting.volume + steps[event.key]));
    set({ muted: false, volume: Math.round(volume * 10) / 10 });
  });
  context.addEventListener("statechange", apply);
  apply();
})();
