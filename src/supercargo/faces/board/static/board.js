// Pages work without this. With it, parts marked data-part follow the log as it grows, wherever the reader is in them.
"use strict";
(() => {
  const position = document.body.dataset.position;
  const live = document.getElementById("live");
  if (!position || !window.EventSource) return;

  let waiting = 0, busy = false, again = false;

  async function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Part": "1" }, credentials: "same-origin" });
      if (answer.redirected || !answer.ok) { location.reload(); return; }
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-part]")) {
        const now = fresh.getElementById(part.id);
        if (now && !part.contains(document.activeElement) && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
      }
      const time = fresh.getElementById("now"), shown = document.getElementById("now");
      if (time && shown) { shown.textContent = time.textContent; shown.dateTime = time.dateTime; }
      document.body.dataset.position = fresh.body.dataset.position;
    } finally {
      busy = false;
      if (again) { again = false; refresh(); }
    }
  }

  const events = new EventSource(`/v1/events/live?unnamed=true&after=${position}`);
  events.onmessage = () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 150);
  };
  events.onopen = () => { live.textContent = ""; };
  events.onerror = () => { live.textContent = "The connection is lost; what comes meanwhile is caught up."; };
})();
