/*
 * A kiosk or a display says every half minute that it is there: [data-heartbeat="url"] on its page, else /api/v1/devices/heartbeat.
 * Its key is in a cookie that no script reads. A display without a key is told so once, and asks no more.
 */
(() => {
  "use strict";
  const BEAT_MS = 30000;
  const url = document.querySelector("[data-heartbeat]")?.dataset.heartbeat || "/api/v1/devices/heartbeat";
  const UNKNOWN = 403;

  async function beat() {
    const state = { page: location.pathname, screen: `${screen.width}x${screen.height}` };
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(state),
        credentials: "same-origin",
      });
      if (answer.status === UNKNOWN) return;
    } catch {
      // The network is away: the next beat may get through.
    }
    setTimeout(beat, BEAT_MS);
  }

  beat();
})();
