// Pages work without this. With it, a form that can't reach the server stays on its page with what was typed, and says so;
// a file that is too large is told of before it is sent.
"use strict";
(() => {
  const ANSWER_MS = 8000;
  const asked = new WeakSet(), through = new WeakSet();

  function say(form, words) {
    let place = form.querySelector("[data-unsent]");
    if (!place) {
      place = document.createElement("p");
      place.dataset.unsent = "";
      place.className = "state bad";
      place.setAttribute("role", "alert");
      form.prepend(place);
    }
    place.textContent = words;
    place.hidden = !words;
  }

  function tooLarge(form) {
    for (const field of form.querySelectorAll("input[type=file][data-most]")) {
      const most = Number(field.dataset.most);
      for (const file of field.files) {
        if (file.size > most) return `Not sent: ${file.name} has ${(file.size / 1048576).toFixed(1)} MB, a file may have ${most / 1048576} MB. Split it and send the parts.`;
      }
    }
    return "";
  }

  async function reached() {
    try {
      const sign = document.querySelector("link[rel=icon]").href;
      const answer = await fetch(sign, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
      return answer.status < 500;
    } catch {
      return false;
    }
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (event.defaultPrevented || form.method !== "post" || through.delete(form)) return;
    event.preventDefault();
    if (asked.has(form)) return;
    const words = tooLarge(form);
    if (words) { say(form, words); return; }
    asked.add(form);
    const there = await reached();
    asked.delete(form);
    if (!there) {
      const at = new Date().toISOString().slice(11, 19);
      say(form, `Not sent, ${at} UTC by this machine's clock: the server can't be reached. What you typed stays here; send it again when it can.`);
      return;
    }
    say(form, "");
    through.add(form);
    form.requestSubmit(button);
    through.delete(form);
  });
})();
