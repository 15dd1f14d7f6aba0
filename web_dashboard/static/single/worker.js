"use strict";
// Keeps only static files: what a person sees is never stored, so nothing stays behind on a shared phone.
const STORE = "gondola-static-1";
const OFFLINE = `<!doctype html><html lang="es-AR"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Sin conexión · Góndola</title>
<h1>Sin conexión</h1><p>Esperá a tener internet y volvé a intentar: no se perdió nada de lo que ya guardaste.</p>`;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

async function fromStore(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await store.put(request, answer.clone());
  return answer;
}

function offlinePage() {
  return new Response(OFFLINE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/s/")) event.respondWith(fromStore(event.request));
  else if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(offlinePage));
});
