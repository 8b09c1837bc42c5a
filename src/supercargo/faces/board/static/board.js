// Pages work without this. With it, parts marked data-part follow the log as it grows; a page that was cut off says so and catches up.
"use strict";
(() => {
  const position = document.body.dataset.position;
  const live = document.getElementById("live");
  if (!position || !window.EventSource) return;

  const QUIET_MS = 45000, FIRST_MS = 500, MOST_MS = 5000, LISTED = 500;
  const meanwhile = document.getElementById("meanwhile"), strip = document.getElementById("strip"), title = document.title;
  let waiting = 0, renewedAt = 0, running = null, again = false, stale = false;
  let last = Number(position), source = null, heard = 0, wait = FIRST_MS, trying = 0;
  let cutAt = null, missed = [], until = 0;

  function refresh() {
    if (running) { again = true; return running; }
    running = renewed().finally(() => {
      running = null;
      if (again) { again = false; soon(); }
    });
    return running;
  }

  async function renewed() {
    try {
      const signal = AbortSignal.timeout(20000);
      const answer = await fetch(location.href, { headers: { "X-Part": "1" }, credentials: "same-origin", signal });
      if (answer.redirected) { location.reload(); return true; }
      if (!answer.ok) return answer.status < 500;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      stale = false;
      for (const part of document.querySelectorAll("[data-part]")) {
        const now = fresh.getElementById(part.id);
        if (!now || now.innerHTML === part.innerHTML) continue;
        if (part.contains(document.activeElement)) stale = true;
        else part.innerHTML = now.innerHTML;
      }
      const time = fresh.getElementById("now"), shown = document.getElementById("now");
      if (time && shown) { shown.textContent = time.textContent; shown.dateTime = time.dateTime; }
      document.body.dataset.position = fresh.body.dataset.position;
      return true;
    } catch {
      return false;
    }
  }

  function soon() {
    if (waiting) return;
    waiting = setTimeout(() => { waiting = 0; renewedAt = Date.now(); refresh(); }, Date.now() - renewedAt > 1000 ? 20 : 200);
  }

  function told(event) {
    heard = Date.now();
    const at = Number(event.lastEventId);
    if (!(at > last)) return;
    last = at;
    if (at <= until) { missed.push(JSON.parse(event.data)); caught(); }
    soon();
  }

  function cut() {
    if (cutAt) return;
    cutAt = new Date();
    meanwhile.hidden = true;
    const now = document.getElementById("now"), asOf = now ? `as of ${now.textContent}, ` : "";
    live.textContent = `Cut off since ${cutAt.toISOString().slice(11, 19)} UTC by this machine's clock: the page stands ${asOf}event ${last}. What comes meanwhile is caught up.`;
    live.dataset.cut = "";
    strip.hidden = false;
    document.title = `Cut off: ${title}`;
  }

  function back() {
    heard = Date.now();
    wait = FIRST_MS;
    if (!cutAt) return;
    missed = [];
    caught();
    cutAt = null;
    delete live.dataset.cut;
    strip.hidden = true;
    document.title = title;
    soon();
  }

  function caught() {
    const since = cutAt ?? new Date(live.dataset.since);
    live.dataset.since = since.toISOString();
    const count = missed.length, words = count ? `${count} event${count === 1 ? "" : "s"} came meanwhile` : "nothing came meanwhile";
    live.textContent = `Connected again; cut off since ${since.toISOString().slice(11, 19)} UTC: ${words}.`;
    meanwhile.hidden = count === 0;
    if (!count) { meanwhile.querySelector("ol").replaceChildren(); return; }
    if (count > LISTED) { meanwhile.querySelector("summary").textContent = `The first ${LISTED} of ${count}`; return; }
    meanwhile.querySelector("summary").textContent = `What came meanwhile: ${count}`;
    const row = document.createElement("li"), one = missed[count - 1];
    row.value = one.position;
    row.textContent = `${one.kind}, ${one.stream}, by ${one.by}, ${one.occurred_utc}`;
    meanwhile.querySelector("ol").append(row);
  }

  function later() {
    clearTimeout(trying);
    trying = setTimeout(open, wait);
    wait = Math.min(2 * wait, MOST_MS);
  }

  function lost() {
    source?.close();
    source = null;
    cut();
    later();
  }

  async function open() {
    clearTimeout(trying);
    source?.close();
    source = null;
    if (cutAt) {
      await running;
      if (!(await refresh())) { later(); return; }
      until = Number(document.body.dataset.position);
    }
    heard = Date.now();
    const now = source = new EventSource(`/v1/events/live?unnamed=true&after=${last}`);
    now.onmessage = told;
    now.onopen = () => { if (now === source) back(); };
    now.onerror = () => { if (now === source) lost(); };
    now.addEventListener("alive", () => { heard = Date.now(); });
  }

  setInterval(() => { if (source && Date.now() - heard > QUIET_MS) lost(); }, 5000);
  addEventListener("offline", lost);
  addEventListener("online", open);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  document.addEventListener("focusout", () => { if (stale) soon(); });
  open();
})();
