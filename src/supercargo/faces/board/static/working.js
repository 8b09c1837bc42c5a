// What is being planned is watched, so that nobody has to look again.
"use strict";
(() => {
  const working = document.querySelector("[data-working]");
  if (working) {
    const look = setInterval(async () => {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) return;
      const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("proposal");
      if (!now) return;
      working.innerHTML = now.innerHTML;
      if (!("working" in now.dataset)) clearInterval(look);
    }, 2000);
  }
})();
