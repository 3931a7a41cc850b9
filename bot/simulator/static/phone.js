// Keeps the thread and the call fresh, sends without leaving the page, and counts while you type.
// Everything works without it, by forms and a reload.
"use strict";
(() => {
  const write = document.querySelector("[data-write]");
  const body = write.querySelector("textarea");
  const counter = document.getElementById("counter");
  const lost = document.getElementById("lost");
  const livePath = write.action.replace(/messages$/, "live");
  const alphabet = JSON.parse(write.dataset.alphabet);
  const basic = new Set(alphabet.basic), extended = new Set(alphabet.extended);

  function parts(text) {
    const letters = Array.from(text);
    const gsm = letters.every((letter) => basic.has(letter) || extended.has(letter));
    const encoding = gsm ? "GSM-7" : "UCS-2";
    const sizes = letters.map((letter) => (gsm ? (extended.has(letter) ? 2 : 1) : letter.length));
    const units = sizes.reduce((sum, size) => sum + size, 0);
    let count = units ? 1 : 0;
    if (units > alphabet.single[encoding]) {
      let used = 0;
      for (const size of sizes) {
        if (used + size > alphabet.joined[encoding]) { count += 1; used = 0; }
        used += size;
      }
    }
    return { encoding, units, count };
  }

  function recount() {
    const { encoding, units, count } = parts(body.value);
    counter.querySelector("[data-parts]").textContent = count;
    counter.querySelector("[data-units]").textContent = units;
    counter.querySelector("[data-encoding]").textContent = encoding;
  }

  let shown = "";
  const told = {};
  for (const id of ["trouble", "people", "thread", "call"]) told[id] = document.getElementById(id).innerHTML;

  // What the server says anew replaces what stood there; focus and what was folded out stay.
  function renew(id, next) {
    if (told[id] === next.innerHTML) return;
    told[id] = next.innerHTML;
    const now = document.getElementById(id);
    const kept = now.contains(document.activeElement) && document.activeElement.dataset.keep;
    for (const details of now.querySelectorAll("details[open]")) {
      const again = next.querySelector("#" + details.id);
      if (again) again.open = true;
    }
    now.replaceChildren(...next.childNodes);
    if (id === "thread") now.scrollTop = 0; // reversed: 0 is the newest
    if (kept) now.querySelector(`[data-keep="${kept}"]`)?.focus();
    document.dispatchEvent(new CustomEvent("fresh", { detail: id }));
  }

  async function refresh() {
    try {
      const response = await fetch(livePath);
      if (!response.ok) throw new Error(String(response.status));
      const text = await response.text();
      lost.hidden = true;
      if (text === shown) return;
      const fresh = new DOMParser().parseFromString(text, "text/html");
      for (const id of Object.keys(told)) renew(id, fresh.getElementById(id));
      shown = text;
    } catch (error) {
      lost.hidden = false;
    }
  }

  async function poll() {
    if (!document.hidden) await refresh();
    setTimeout(poll, 1200);
  }

  let turn = Promise.resolve();
  document.addEventListener("refresh", refresh);
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-quiet]")) return;
    event.preventDefault();
    const words = new URLSearchParams(new FormData(form, event.submitter));
    if (form === write) { body.value = ""; recount(); }
    const send = () => fetch(form.action, { method: "POST", body: words });
    // Keys arrive in the order they were pressed.
    const sent = form.matches("[data-order]") ? (turn = turn.then(send, send)) : send();
    setTimeout(refresh, 60); // shows the message at once, while the line is still thinking
    try {
      const response = await sent;
      if (!response.ok) throw new Error(String(response.status));
    } catch (error) {
      if (form === write && !body.value) { body.value = words.get("body"); recount(); }
    }
    refresh();
  });

  body.addEventListener("input", recount);
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    write.requestSubmit();
  });
  counter.hidden = false;
  recount();
  poll();
})();
