// Adding files: chosen or dropped, sent one after the other, and what becomes of each.

import { outcome } from "./indexing.js";
import { open } from "./panel.js";
import { refresh } from "./listing.js";

const choosing = document.getElementById("choose"); // not there where the page only reads
const intake = document.getElementById("intake");
const announcer = document.getElementById("announcer");
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SAID = {
  waiting: "Waiting",
  sending: "Sending…",
  indexing: "Being indexed…",
  added: "Added",
  changed: "Replaced",
  unchanged: "Was there already, word for word",
  removed: "Removed meanwhile",
};
const DONE = ["added", "changed", "unchanged"];
const UNDER_WAY = ["waiting", "sending", "indexing"];

let rows = []; // one a file: {name, file, state, reason, path}
let sending = false;

function take(files) {
  if (!rows.some((row) => UNDER_WAY.includes(row.state))) rows = [];
  const most = Number(choosing.dataset.most);
  rows.push(...files.slice(0, most).map(({ name, file, reason }) => {
    const problem = reason ?? unfit(file);
    return { name, file, state: problem ? "refused" : "waiting", reason: problem };
  }));
  const left = files.length - most;
  if (left > 0) {
    const reason = `At most ${most} files are taken at a time: add the rest after these.`;
    rows.push({ name: `${left} more`, state: "refused", reason });
  }
  announcer.textContent = files.length === 1 ? "Adding 1 file." : `Adding ${files.length} files.`;
  draw();
  send();
}

// The server looks at all of this again: here it spares sending the file.
function unfit({ name, size }) {
  const types = choosing.accept.split(",");
  if (!types.some((type) => name.toLowerCase().endsWith(type))) {
    return `Files of this type are not read, only ${types.join(", ")}.`;
  }
  const largest = Number(choosing.dataset.largest);
  if (size > largest) return `It is larger than ${largest / 1e6} MB: break it into several files.`;
  return size ? "" : "It is empty.";
}

async function send() {
  if (sending) return;
  sending = true;
  for (let row; (row = rows.find(({ state }) => state === "waiting")); ) await sendOne(row);
  sending = false;
  report();
}

async function sendOne(row) {
  change(row, "sending");
  const query = new URLSearchParams({ name: row.name, replace: row.replace ?? false });
  try {
    const response = await fetch("./page/files?" + query, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: row.file,
    });
    const said = await response.json();
    if (!response.ok) return change(row, response.status === 409 ? "exists" : "refused", said.error);
    row.path = said.path;
  } catch {
    const reason = "It could not be sent. Is Footnote still running, and the file still there?";
    return change(row, "failed", reason);
  }
  change(row, "indexing");
  refresh();
  outcome(row.path).then(({ state, reason }) => {
    change(row, state, reason);
    refresh();
    report();
  });
}

function change(row, state, reason = "") {
  Object.assign(row, { state, reason });
  draw();
}

// Says it once, when everything is done.
function report() {
  if (sending || rows.some((row) => UNDER_WAY.includes(row.state))) return;
  const problems = rows.filter((row) => row.reason).map((row) => `${shown(row.name)}: ${row.reason}`);
  announcer.textContent = [summary(), ...problems.slice(0, 5)].join(" ");
  document.dispatchEvent(new CustomEvent("documents")); // offering.py
}

// What is going on

function summary() {
  const count = (...states) => rows.filter((row) => states.includes(row.state)).length;
  const under = count(...UNDER_WAY);
  const parts = [
    [count("added"), "added"],
    [count("changed"), "replaced"],
    [count("unchanged"), "unchanged"],
    [count("exists"), "already there"],
    [count("refused", "failed", "removed"), "not added"],
  ].flatMap(([number, what]) => (number ? [`${number} ${what}`] : []));
  const so = parts.join(", ");
  if (under) return `Adding ${rows.length - under + 1} of ${rows.length}` + (so ? ` · ${so}` : "");
  return so + ".";
}

function draw() {
  const focused = intake.contains(document.activeElement) ? document.activeElement.dataset.act : "";
  const scrolled = intake.querySelector("ul")?.scrollTop ?? 0;
  const under = rows.some((row) => UNDER_WAY.includes(row.state));
  intake.hidden = rows.length === 0;
  const head = element("div", "head");
  head.append(element("p", "summary", summary()));
  if (!under) head.append(button("Close", "close", () => close()));
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Files being added");
  bar.hidden = !under;
  const list = document.createElement("ul");
  list.tabIndex = 0; // it scrolls
  list.setAttribute("aria-label", "Files");
  list.append(...rows.map(item));
  intake.replaceChildren(head, bar, list);
  list.scrollTop = scrolled;
  if (focused) intake.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
}

function item(row, number) {
  const line = element("li", row.state);
  const name = document.createElement("bdi");
  name.textContent = shown(row.name);
  line.append(name, element("span", "state", row.reason || SAID[row.state]));
  if (row.state === "exists") {
    const replace = button("Replace it", `replace-${number}`, () => {
      row.replace = true;
      change(row, "waiting");
      send();
    });
    replace.setAttribute("aria-label", `Replace ${shown(row.name)}`);
    line.append(replace);
  }
  return line;
}

document.addEventListener("indexing", ({ detail: state }) => {
  const bar = intake.querySelector("progress");
  if (!state?.busy || !bar) return;
  if (state.total) bar.value = state.fraction;
  rows.forEach((row, number) => {
    if (row.state !== "indexing") return;
    const current = row.path === state.document;
    intake.querySelectorAll("li .state")[number].textContent = current
      ? "Being indexed now"
      : SAID.indexing;
  });
});

function close() {
  rows = [];
  draw();
  document.getElementById("leaf").focus({ preventScroll: true });
}

function shown(name) {
  return name.replace(UNREADABLE, "\ufffd");
}

function element(tag, className, words = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = words;
  return made;
}

function button(words, act, pressed) {
  const made = element("button", "act", words);
  made.type = "button";
  made.dataset.act = act;
  made.addEventListener("click", pressed);
  return made;
}

// Where files come from

function dropped(transfer) {
  return [...transfer.items].flatMap((item) => {
    if (item.kind !== "file") return [];
    const file = item.getAsFile();
    const folder = item.webkitGetAsEntry?.()?.isDirectory;
    const reason = folder ? "It is a folder: add the files in it." : undefined;
    return file ? [{ name: file.name, file, reason }] : [];
  });
}

function withFiles(event) {
  return choosing && event.dataTransfer?.types.includes("Files");
}

if (choosing) {
  document.addEventListener("click", (event) => {
    if (event.target.id === "add") choosing.click();
  });
  choosing.addEventListener("change", () => {
    take([...choosing.files].map((file) => ({ name: file.name, file })));
    choosing.value = ""; // the same file may be chosen again
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener(
    "drop",
    (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      event.stopPropagation(); // not into the question box
      document.body.classList.remove("dropping");
      const files = dropped(event.dataTransfer); // before the list is shown: it is empty later
      open("documents", null);
      if (files.length) take(files);
    },
    true,
  );
}
