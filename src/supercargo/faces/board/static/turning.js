// Bays turn without this, by links and a form. With it they turn while the sliders move, and the arrow keys work on the pictures.
"use strict";
(() => {
  let busy = false, wanted = "";

  async function show(address) {
    wanted = address;
    if (busy) return;
    busy = true;
    try {
      while (wanted) {
        const now = wanted;
        wanted = "";
        const answer = await fetch(now, { credentials: "same-origin" });
        if (!answer.ok) { location.assign(now); return; }
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const old = document.getElementById("bays"), made = fresh.getElementById("bays");
        for (const part of ["ul", "p", ".keys + div"]) {
          const before = old.querySelector(part), after = made.querySelector(part);
          const focus = before.contains(document.activeElement) ? document.activeElement.textContent : "";
          before.innerHTML = after.innerHTML;
          if (focus) [...before.querySelectorAll("a")].find((one) => one.textContent === focus)?.focus();
        }
        const form = document.getElementById("turning");
        for (const field of form.querySelectorAll("input")) {
          if (field !== document.activeElement) field.value = made.querySelector(`[name=${field.name}]`).value;
        }
        document.getElementById("table-boxes").innerHTML = fresh.getElementById("table-boxes").innerHTML;
        history.replaceState(null, "", now);
      }
    } finally { busy = false; }
  }

  const form = document.getElementById("turning");
  if (!form) return;
  const asked = (more = {}) => {
    const query = new URLSearchParams(new FormData(form));
    for (const name in more) query.set(name, more[name]);
    return `${location.pathname}?${query}`;
  };
  form.addEventListener("input", () => show(asked()));
  form.addEventListener("submit", (event) => { event.preventDefault(); show(asked()); });
  document.getElementById("bays").addEventListener("click", (event) => {
    const link = event.target.closest("ul.filter a");
    if (link) { event.preventDefault(); show(link.href); }
  });
  document.querySelector(".baysrow").addEventListener("keydown", (event) => {
    const turn = Number(form.turn.value), step = Number(form.step.value);
    const way = { ArrowLeft: { turn: (turn + 7) % 8 }, ArrowRight: { turn: (turn + 1) % 8 },
      ArrowUp: { step: Math.max(0, step - 1) }, ArrowDown: { step: Math.min(Number(form.step.max), step + 1) } }[event.key];
    if (!way) return;
    event.preventDefault();
    for (const name in way) form[name].value = way[name];
    show(asked());
  });
})();
