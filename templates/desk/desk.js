// The desk works without this: it adds live figures, asks before what can't be
// undone, and saves what is typed.
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
      mover.formAction = `${mover.dataset.edit}?${new URLSearchParams({
        id: dragged.dataset.id,
        section: list.dataset.section,
        place: rest.indexOf(story) + 1,
      })}`;
      mover.form.requestSubmit(mover);
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

// The browser goes to the story by itself, at a moment of its own, and takes
// the focus away as it does. So the button takes it back, until a key or the
// pointer says where it is to be.
function focusUntilUsed(button) {
  const used = new AbortController();
  const { signal } = used;
  button.addEventListener("blur", () => setTimeout(() => {
    if (!signal.aborted) {
      button.focus();
    }
  }), { signal });
  for (const type of ["keydown", "pointerdown"]) {
    addEventListener(type, () => used.abort(), { signal, capture: true });
  }
  button.focus();
}

// After a story was moved by its button, that button has the focus again: it
// can be pressed once more.
function keepFocus() {
  const story = document.getElementById(location.hash.slice(1));
  const act = sessionStorage.getItem("act");
  const button =
    story && [...story.querySelectorAll("button")].find((b) => b.value === act);
  if (button) {
    focusUntilUsed(button);
  }
  sessionStorage.removeItem("act");
  document.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.closest(".story")) {
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
// before it is saved: it is pressed a moment after each change; where the form
// saves by itself, after that. The frame is a fresh one each time, so that the
// way back stays the way back.
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
  if (form.dataset.saves) {
    form.addEventListener("saved", look);
  } else {
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(look, 700);
    });
  }
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

// ---- nothing that was typed is lost ----

// <form data-saves> saves its [data-text] fields a second after the last key.
// Each answer has what the next one goes on from: "VERSION STAMP"; one that
// isn't good says why.
function saveAsTyped(form) {
  const fields = [...form.querySelectorAll("[data-text]")];
  const place = document.getElementById("saved");
  const typed = () => fields.map((field) => field.value).join("\u001f");
  // The texts that the server has; null: not those that stand here. Somebody
  // may have typed before this script came.
  const sent = fields.map((field) => field.defaultValue).join("\u001f");
  let kept = refused() ? null : sent;
  let savedAt = 0;
  let timer = 0;
  let underWay = null;

  const say = (text, wrong) => {
    place.textContent = text;
    place.classList.toggle("wrong", wrong);
    if (wrong) {
      place.setAttribute("role", "alert");
    } else {
      place.removeAttribute("role");
    }
  };
  const tick = () => {
    const seconds = Math.round((Date.now() - savedAt) / 1000);
    if (savedAt && typed() === kept) {
      say(
        seconds < 60
          ? `Saved ${seconds} s ago`
          : `Saved ${Math.round(seconds / 60)} min ago`,
        false,
      );
    }
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };

  // An editor who has signed in anew, in another tab, is answered by a page
  // with the token of that session: the forms of this one go on with it.
  const takeToken = (page) => {
    const answer = new DOMParser().parseFromString(page, "text/html");
    const fresh = answer.querySelector("[name=csrf]");
    if (!fresh || fresh.value === form.elements.csrf.value) {
      return false;
    }
    for (const field of document.querySelectorAll("[name=csrf]")) {
      field.value = fresh.value;
    }
    return true;
  };

  async function send() {
    const now = typed();
    const body = new URLSearchParams({ act: "texts", quiet: "1" });
    for (const name of ["csrf", "version", "stamp"]) {
      body.set(name, form.elements[name].value);
    }
    for (const field of fields) {
      body.set(field.name, field.value);
    }
    let problem = "the server can’t be reached; it is tried again";
    let again = true;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body,
        redirect: "manual",
        keepalive: true,
      });
      const plain = /^text\/plain/.test(response.headers.get("Content-Type"));
      if (response.ok && plain) {
        const [version, stamp] = (await response.text()).split(" ");
        form.elements.version.value = version;
        form.elements.stamp.value = stamp;
        kept = now;
        savedAt = Date.now();
        tick();
        form.dispatchEvent(new Event("saved"));
        return;
      }
      const text = await response.text();
      if (!plain && takeToken(text)) {
        return send();
      }
      again = response.status >= 500;
      problem = plain
        ? text
        : response.status >= 500
          ? "the server can’t save it now; it is tried again"
          : "you are signed out. Sign in in another tab, then save here";
    } catch {
      // It is said below.
    }
    say(`Not saved: ${problem}`, true);
    if (again) {
      later(5000);
    }
  }

  // One at a time; true: the server has what stands here.
  async function save() {
    clearTimeout(timer);
    if (!underWay && typed() !== kept) {
      underWay = send();
    }
    await underWay;
    underWay = null;
    return typed() === kept;
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-text]")) {
      say("", false);
      later(1000);
    }
  });
  setInterval(tick, 1000);
  if (kept !== null && typed() !== kept) {
    later(1000);
  }
  // A button carries the texts along; it waits for a save that is under way.
  form.addEventListener(
    "submit",
    (event) => {
      const button = event.submitter;
      if (button && button.formTarget) {
        return;
      }
      clearTimeout(timer);
      if (underWay) {
        event.preventDefault();
        event.stopPropagation();
        underWay.then(() => {
          underWay = null;
          form.requestSubmit(button);
        });
      }
    },
    true,
  );
  // So does a link.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const plain =
      !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link && plain && !link.target && typed() !== kept) {
      event.preventDefault();
      await save();
      location.assign(link.href);
    }
  });
  return {
    isDirty: () => typed() !== kept,
    save,
  };
}

// Whether this page is the answer to a form that wasn't kept: what was typed
// stands here alone.
function refused() {
  const [way] = performance.getEntriesByType("navigation");
  return (
    (Boolean(way) && way.responseStatus >= 400) ||
    document.querySelector("[data-unsaved]") !== null
  );
}

// A part is a form, or a [data-part] of one, with its own buttons: whoever
// leaves the page without pressing one is warned.
function warnBeforeLeaving(saver) {
  const fieldsOf = (part) =>
    [...part.querySelectorAll("input, select, textarea")].filter(
      (field) => field.type !== "hidden" && !field.matches("[data-text]"),
    );
  const state = (part) =>
    fieldsOf(part)
      .map((field) =>
        /^(checkbox|radio)$/.test(field.type) ? field.checked : field.value,
      )
      .join("\u001f");
  const parts = [
    ...document.querySelectorAll("[data-part], main form[method=post]"),
  ].filter((part) => !part.querySelector("[data-part]"));
  const before = new Map(parts.map((part) => [part, state(part)]));
  let pressed = null;
  let leaves = false;
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!event.defaultPrevented && !(button && button.formTarget)) {
      leaves = true;
      pressed = (button && button.closest("[data-part]")) || event.target;
    }
  });
  addEventListener("beforeunload", (event) => {
    const typed = parts.some(
      (part) => part !== pressed && state(part) !== before.get(part),
    );
    const shown = !leaves && refused() && parts.some((p) => fieldsOf(p).length);
    const unsaved = !leaves && saver && saver.isDirty();
    if (unsaved) {
      saver.save();
    }
    if (typed || shown || unsaved) {
      event.preventDefault();
    }
    leaves = false;
    pressed = null;
  });
}

const savedForm = document.querySelector("form[data-saves]");
if (!document.body.classList.contains("door")) {
  warnBeforeLeaving(savedForm && saveAsTyped(savedForm));
}

// Enter in a field of a form with many buttons presses the one beside it.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  const near =
    event.key === "Enter" &&
    field.matches("[data-saves] input:not([data-text])") &&
    field.closest("[data-part], .row");
  const button = near && near.querySelector("button");
  if (button) {
    event.preventDefault();
    button.form.requestSubmit(button);
  }
});
