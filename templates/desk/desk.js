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
  // Whoever is on their way elsewhere is not called back by the reload.
  addEventListener("beforeunload", () => source.close());
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

// Dragging a story to another place; the arrows do the same.
function dragStories(mover) {
  let dragged = null;
  const stories = document.querySelectorAll(".story");
  for (const story of stories) {
    story.draggable = true;
    story.addEventListener("dragstart", (event) => {
      dragged = story;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", story.dataset.id);
    });
    story.addEventListener("dragover", (event) => {
      if (dragged && dragged !== story) {
        event.preventDefault();
        story.classList.add("over");
      }
    });
    story.addEventListener("dragleave", () => story.classList.remove("over"));
    story.addEventListener("drop", (event) => {
      event.preventDefault();
      const list = story.parentElement;
      const rest = [...list.children].filter((one) => one !== dragged);
      mover.elements.id.value = dragged.dataset.id;
      mover.elements.section.value = list.dataset.section;
      mover.elements.place.value = rest.indexOf(story) + 1;
      mover.submit();
    });
  }
}

// The preview as wide as a phone.
for (const button of document.querySelectorAll("[data-width]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.getElementById("frame");
    const on = frame.classList.toggle(button.dataset.width);
    button.setAttribute("aria-pressed", String(on));
  });
}

// After a story was moved by its button, that button has the focus again: it
// can be pressed once more.
function keepFocus() {
  const story = document.getElementById(location.hash.slice(1));
  const act = sessionStorage.getItem("act");
  const button =
    story && [...story.querySelectorAll("button")].find((b) => b.value === act);
  // Behind the browser's own way to the story, which takes the focus away.
  if (button) {
    addEventListener("load", () => setTimeout(() => button.focus()));
  }
  sessionStorage.removeItem("act");
  document.addEventListener("submit", (event) => {
    if (event.submitter && event.target.closest(".story")) {
      sessionStorage.setItem("act", event.submitter.value);
    }
  });
}

const mover = document.getElementById("mover");
if (mover) {
  dragStories(mover);
  keepFocus();
}

// <form data-look> holds a button that shows, in a frame, what is typed
// before it is saved: it is pressed a moment after each change. The frame is
// a fresh one each time, so that the way back stays the way back.
function lookAfterTyping(form) {
  const button = form.querySelector("[formtarget]");
  const frame = () => document.getElementsByName(button.formTarget)[0];
  let waiting = 0;
  const look = () => {
    const fresh = frame().cloneNode(false);
    fresh.removeAttribute("src");
    frame().replaceWith(fresh);
    form.requestSubmit(button);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 700);
  });
  if (!frame().hasAttribute("src")) {
    look();
  }
}

for (const form of document.querySelectorAll("form[data-look]")) {
  lookAfterTyping(form);
}

// A table that shows all of what it is about is sorted by its heads: texts
// from A on, numbers and times from the greatest on; again, the other way.
function sortBy(table, column, head) {
  const body = table.tBodies[0];
  const value = (row) => {
    const cell = row.cells[column];
    const time = cell.querySelector("time");
    const text = time ? time.dateTime : cell.textContent.trim();
    const number = parseFloat(text.replaceAll(",", ""));
    return cell.classList.contains("number") && !Number.isNaN(number)
      ? number
      : text;
  };
  const rows = [...body.rows];
  const isText =
    !rows[0].cells[column].classList.contains("number") &&
    !rows.some((row) => row.cells[column].querySelector("time"));
  const now = head.getAttribute("aria-sort");
  const down = now ? now === "ascending" : !isText;
  rows.sort((a, b) => {
    const x = value(a);
    const y = value(b);
    const order =
      typeof x === "number" && typeof y === "number"
        ? x - y
        : String(x).localeCompare(String(y));
    return down ? -order : order;
  });
  for (const other of table.tHead.rows[0].cells) {
    other.removeAttribute("aria-sort");
  }
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  body.append(...rows);
}

for (const table of document.querySelectorAll("table.sorts")) {
  if (table.tBodies[0].rows.length < 3) {
    continue;
  }
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    if (!head.querySelector(".hidden")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sorter";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(table, column, head));
      head.append(button);
    }
  }
}

// The time zones there are, for the fields that take one.
const zones = document.getElementById("zones");
if (zones && Intl.supportedValuesOf) {
  for (const zone of ["UTC", ...Intl.supportedValuesOf("timeZone")]) {
    zones.append(new Option("", zone));
  }
}

// A colour can be picked as well as typed.
function offerPicker(field) {
  const picker = document.createElement("input");
  const show = () => {
    const colour = field.value.trim() || field.placeholder;
    picker.value = /^#[0-9a-f]{6}$/i.test(colour) ? colour : picker.value;
  };
  picker.type = "color";
  picker.setAttribute("aria-label", `Pick: ${field.ariaLabel}`);
  picker.addEventListener("input", () => {
    field.value = picker.value;
  });
  field.addEventListener("input", show);
  field.after(picker);
  show();
}
for (const field of document.querySelectorAll("[data-colour]")) {
  offerPicker(field);
}
