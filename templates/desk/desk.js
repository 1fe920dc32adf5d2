// The desk works without this: it adds live figures, and asks before what
// can't be undone.
"use strict";

// <section data-progress="…/events"> holds a <progress> and [data-count]s.
function follow(section) {
  const source = new EventSource(section.dataset.progress);
  const number = new Intl.NumberFormat("en");
  source.addEventListener("progress", (event) => {
    const now = JSON.parse(event.data);
    for (const place of section.querySelectorAll("[data-count]")) {
      const value = now[place.dataset.count];
      if (value !== undefined) {
        place.textContent =
          typeof value === "number" ? number.format(value) : value;
      }
    }
    const bar = section.querySelector("progress");
    if (bar) {
      bar.max = Math.max(1, now.recipients);
      bar.value = now.done;
    }
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
}

// <form data-ask="12,480 people will not get weekly/12."> asks first.
function ask(event) {
  const button = event.submitter;
  const question =
    (button && button.dataset.ask) || event.target.dataset.ask;
  if (question && !confirm(question)) {
    event.preventDefault();
  }
}

for (const section of document.querySelectorAll("[data-progress]")) {
  follow(section);
}
document.addEventListener("submit", ask);
