// Keeps the list and the troubles fresh, and ends a trouble without leaving the page.
// Everything works without it, by forms and a reload.
"use strict";
(() => {
  const live = document.querySelector("[data-live]").dataset.live;
  const lost = document.getElementById("lost");
  const kind = document.getElementById("trouble-kind");
  const seconds = document.getElementById("trouble-seconds");
  const told = {};
  for (const id of ["trouble", "arrivals"]) told[id] = document.getElementById(id).innerHTML;

  // What the server says anew replaces what stood there; the focus stays.
  function renew(id, next) {
    if (told[id] === next.innerHTML) return;
    told[id] = next.innerHTML;
    const now = document.getElementById(id);
    const kept = now.contains(document.activeElement) && document.activeElement.dataset.keep;
    now.replaceChildren(...next.childNodes);
    if (kept) now.querySelector(`[data-keep="${kept}"]`)?.focus();
  }

  async function refresh() {
    try {
      const response = await fetch(live);
      if (!response.ok) throw new Error(String(response.status));
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const id of Object.keys(told)) renew(id, fresh.getElementById(id));
      lost.hidden = true;
    } catch (error) {
      lost.hidden = false;
    }
  }

  async function poll() {
    if (!document.hidden) await refresh();
    setTimeout(poll, 1200);
  }

  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-quiet]")) return;
    event.preventDefault();
    await fetch(event.target.action, { method: "POST" }).catch(() => {});
    refresh();
  });

  // Only some troubles wait: for the others the seconds cannot be filled in.
  function choose() {
    const waits = kind.selectedOptions[0]?.dataset.waits;
    seconds.disabled = waits === undefined;
    seconds.placeholder = waits ?? "";
  }
  kind.addEventListener("change", choose);
  if (!seconds.hasAttribute("aria-invalid")) choose();
  setTimeout(poll, 1200);
})();
