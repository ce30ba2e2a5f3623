/*
 * Service worker of the pages below /pvl: the page on which people are received opens without network, as pvl-intake.js kept it.
 * Every other page, and everything that is sent, goes to the network as if there were no worker.
 */
"use strict";
const CACHE = "gerai-pvl";
const INTAKE = /^\/pvl\/[^/]+\/intake$/;
// A network that answers so late is none for somebody who stands at the table.
const PATIENCE_MS = 6000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function page(url) {
  const kept = await caches.match(url.pathname);
  const signal = kept ? AbortSignal.timeout(PATIENCE_MS) : undefined;
  try {
    const answer = await fetch(url.href, { credentials: "same-origin", redirect: "manual", signal });
    return answer.status >= 500 && kept ? kept : answer;
  } catch {
    return kept ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && INTAKE.test(url.pathname)) event.respondWith(page(url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});
