// A mission is moved without this by a form. With it one pulls its bars, or presses Alt and an arrow key on it.
"use strict";
(() => {
  const place = document.getElementById("timeline"), picture = place?.querySelector("svg.timeline"), pulledSaid = document.getElementById("pulled");

  function see(name, days) {
    const query = new URLSearchParams(location.search);
    query.delete("proposal");
    query.set("mission", name);
    query.set("days", String(days));
    location.assign(`${location.pathname}?${query}#move`);
  }

  // What a lane is moved by stands in its own label, where one looks, and is said once more for those who listen.
  function say(lane, days) {
    const label = lane.querySelector(".lane"), words = days ? `${lane.id.slice(5)} ${days > 0 ? "+" : ""}${days} d` : "";
    label.dataset.told ??= label.textContent;
    label.textContent = words || label.dataset.told;
    pulledSaid.textContent = words;
  }

  // The browser puts the focus on the part that the address names: its heading is what is read first.
  const part = document.getElementById("move");
  part?.addEventListener("focus", () => part.querySelector("h2").focus());
  if (part && document.activeElement === part) part.querySelector("h2").focus();

  if (picture) {
    const asked = new URLSearchParams(location.search);
    const shown = (name) => (asked.get("mission") === name ? Number(asked.get("days") ?? 0) : 0);
    const perPixel = () => Number(picture.dataset.days) / (picture.getBoundingClientRect().width * Number(picture.dataset.across));
    let pulled = null, wait = 0;

    place.addEventListener("pointerdown", (event) => {
      const lane = event.target.closest("a[id^=lane-]");
      if (lane && event.button === 0 && !event.target.closest(".lane, .mark")) pulled = { lane, at: event.clientX, days: 0 };
    });
    place.addEventListener("dragstart", (event) => event.preventDefault());
    addEventListener("pointermove", (event) => {
      if (!pulled || pulled.keyed) return;
      pulled.days = Math.round((event.clientX - pulled.at) * perPixel());
      const wide = pulled.days / perPixel() * (Number(picture.getAttribute("viewBox").split(" ")[2]) / picture.getBoundingClientRect().width);
      for (const bar of pulled.lane.querySelectorAll("rect:not(.shut):not(.under), path, polygon, .on")) bar.setAttribute("transform", `translate(${wide} 0)`);
      say(pulled.lane, pulled.days);
    });
    addEventListener("pointerup", () => {
      const done = pulled;
      pulled = null;
      if (!done || done.keyed || !done.days) return;
      addEventListener("click", (event) => event.preventDefault(), { once: true, capture: true });
      see(done.lane.id.slice(5), shown(done.lane.id.slice(5)) + done.days);
    });
    place.addEventListener("keydown", (event) => {
      const lane = event.target.closest("a[id^=lane-]"), way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!lane || !way || !event.altKey) return;
      event.preventDefault();
      if (!pulled || pulled.lane !== lane) pulled = { lane, at: 0, days: 0, keyed: true };
      pulled.days += way * (event.shiftKey ? 7 : 1);
      const name = lane.id.slice(5), days = shown(name) + pulled.days;
      say(lane, days);
      clearTimeout(wait);
      wait = setTimeout(() => { pulled = null; see(name, days); }, 700);
    });
  }

  if (picture) requestAnimationFrame(() => setTimeout(() => performance.mark("timeline-ready")));
})();
