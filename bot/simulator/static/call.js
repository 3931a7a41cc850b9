// Lets the call be heard: plays what is said, rings, takes keys from the keyboard and records by microphone.
// Without it the call goes on by its buttons, in words.
"use strict";
(() => {
  const call = document.getElementById("call");
  const voice = new Audio();
  let turn = "", at = "", halt = () => {};

  // What is said

  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const reading = (text) => pause(Math.max(400, 55 * text.length));

  function play(url) {
    return new Promise((resolve) => {
      voice.onended = () => resolve(true);
      voice.onerror = () => resolve(false);
      voice.src = url;
      voice.play().catch(() => resolve(false)); // the browser may want a click first
    });
  }

  function mark() {
    for (const one of call.querySelectorAll("[data-number]")) {
      const now = one.dataset.number === at, page = one.parentElement;
      one.classList.toggle("now", now);
      if (now) page.scrollTop = one.offsetTop - page.offsetTop - 16;
    }
  }

  async function speak(said) {
    let over = false;
    halt = () => { over = true; voice.pause(); at = ""; mark(); };
    const sounds = said.dataset.sounds;
    const heard = [...said.querySelectorAll("[data-number]")]
      .map((one) => ({ number: one.dataset.number, text: one.textContent, sound: "sound" in one.dataset }));
    for (const one of heard) {
      at = one.number;
      mark();
      if (!(one.sound && await play(sounds + one.number)) && !over) await reading(one.text);
      if (over) return;
    }
    at = "";
    mark();
    call.querySelector("[data-go-on]")?.requestSubmit();
  }

  // Ringing

  let bell = null;
  function ring() {
    if (bell) return;
    const context = new AudioContext();
    const loud = context.createGain();
    loud.gain.value = 0;
    loud.connect(context.destination);
    const tones = [425, 480].map((pitch) => {
      const tone = context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(loud);
      tone.start();
      return tone;
    });
    let on = false;
    const timer = setInterval(() => { on = !on; loud.gain.value = on ? 0.06 : 0; }, 900);
    bell = () => { clearInterval(timer); tones.forEach((tone) => tone.stop()); context.close(); bell = null; };
  }

  // After a key the carrier waits for the next one only so long

  let typed = "", typing = 0;
  function next(said) {
    const keys = said?.dataset.typed ?? "";
    if (keys === typed) return;
    typed = keys;
    clearTimeout(typing);
    const over = () => call.querySelector("[data-keep=silence]")?.form.requestSubmit();
    if (keys) typing = setTimeout(over, 1000 * said.dataset.waits);
  }

  function attend() {
    if (call.querySelector("[data-rings]")) ring(); else bell?.();
    const microphone = call.querySelector("[data-microphone]");
    if (microphone && !recorder) microphone.hidden = !navigator.mediaDevices;
    const said = call.querySelector(".said");
    next(said);
    const now = said && !("thinking" in said.dataset) ? said.dataset.turn : said ? turn : "";
    if (now === turn) return mark();
    halt();
    turn = now;
    if (turn) speak(said);
  }

  document.addEventListener("fresh", (event) => { if (event.detail === "call") attend(); });
  call.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-go-on]")) halt(); // whoever presses need not hear it to the end
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea, select")) return;
    if (!/^[0-9*#]$/.test(event.key)) return;
    call.querySelector(`.keypad [value="${event.key}"]`)?.click();
  });

  // Recording

  let recorder = null;

  // A WAV of 8,000 samples a second, as a carrier keeps it.
  async function toWav(blob) {
    const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(await blob.arrayBuffer());
    const samples = sound.getChannelData(0);
    const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
    const word = (place, letters) => [...letters].forEach((l, i) => view.setUint8(place + i, l.charCodeAt(0)));
    word(0, "RIFF"); view.setUint32(4, 36 + 2 * samples.length, true); word(8, "WAVEfmt ");
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, 8000, true); view.setUint32(28, 16000, true);
    view.setUint16(32, 2, true); view.setUint16(34, 16, true);
    word(36, "data"); view.setUint32(40, 2 * samples.length, true);
    samples.forEach((s, i) => view.setInt16(44 + 2 * i, Math.max(-1, Math.min(1, s)) * 32767, true));
    return new Blob([view], { type: "audio/wav" });
  }

  async function record(form) {
    const show = (what, shown) => { form.querySelector(what).hidden = !shown; };
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      return show("[data-no-microphone]", true);
    }
    const chunks = [], began = Date.now();
    recorder = new MediaRecorder(stream);
    recorder.ending = "";
    recorder.ondataavailable = (event) => chunks.push(event.data);
    const clock = setInterval(() => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      form.querySelector("[data-clock]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= Number(form.dataset.longest)) recorder?.stop();
    }, 250);
    recorder.onstop = async () => {
      clearInterval(clock);
      stream.getTracks().forEach((track) => track.stop());
      const words = new FormData();
      words.set("end", recorder.ending);
      recorder = null;
      words.set("sound", await toWav(new Blob(chunks)), "sound.wav");
      await fetch(form.action, { method: "POST", body: words });
      document.dispatchEvent(new Event("refresh"));
    };
    recorder.start();
    show("[data-microphone]", false);
    show("[data-stop]", true);
  }

  call.addEventListener("click", (event) => {
    const form = event.target.closest("[data-recording]");
    if (form && event.target.closest("[data-microphone]")) { halt(); record(form); }
    if (form && event.target.closest("[data-stop]")) recorder?.stop();
    if (recorder && event.target.closest(".keypad")) { event.preventDefault(); recorder.stop(); }
    if (recorder && event.target.closest("[data-hang-up]")) {
      event.preventDefault();
      recorder.ending = "hangup";
      recorder.stop();
    }
  });
  attend();
})();
