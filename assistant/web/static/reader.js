// Reading a whole document: its contents, a search in it, and asking it alone.

import { choose, chooseOnly, isOnly } from "./scope.js";

const TYPING_MILLISECONDS = 150;
const MOST = 2000; // matches that are marked and counted

const leaf = document.getElementById("leaf");
const announcer = document.getElementById("announcer");

let matches = []; // ranges, in order
let here = -1; // the one that is shown
let text = null; // of the document that is open, once it was searched: see `read`
let typing = 0;

leaf.addEventListener("shown", () => {
  forget();
  text = null;
  press();
});
document.addEventListener("scope", press);

function press() {
  const button = leaf.querySelector("[data-only]");
  button?.setAttribute("aria-pressed", String(isOnly(button.dataset.only)));
}

function ask({ only: path, title }) {
  if (isOnly(path)) choose(path, title, false);
  else chooseOnly(path, title);
}

leaf.addEventListener("click", ({ target }) => {
  const only = target.closest("[data-only]");
  if (only) ask(only.dataset);
  const place = target.closest("[data-place]");
  if (place) turnTo(document.getElementById(place.dataset.place));
  const step = target.closest("[data-find]");
  if (step) go(Number(step.dataset.find));
  const table = leaf.querySelector(".table[open]");
  if (table && (place || !table.contains(target))) table.open = false;
});

leaf.addEventListener("keydown", (event) => {
  const table = leaf.querySelector(".table[open]");
  const field = event.target.closest(".find input");
  if (event.key === "Escape" && (table || field?.value)) {
    event.preventDefault(); // it closes this, and not the document
    if (table) {
      table.open = false;
      table.querySelector("summary").focus();
    } else {
      field.value = "";
      search(field);
    }
  } else if (event.key === "Enter" && field && !event.isComposing) {
    event.preventDefault();
    clearTimeout(typing);
    if (field.value !== field.dataset.searched) search(field);
    else go(event.shiftKey ? -1 : 1);
  }
});

function turnTo(section) {
  reveal(section.querySelector("h3") ?? section, 0);
  section.focus({ preventScroll: true });
}

// Brings something of the document into sight, `below` so far under the tools; twice, since what
// was never laid out has only an estimated height.
function reveal(what, below) {
  const tools = leaf.querySelector(".tools")?.offsetHeight ?? 0;
  for (let round = 0; round < 2; round++) {
    const top = what.getBoundingClientRect().top - leaf.getBoundingClientRect().top;
    leaf.scrollTop += top - tools - below;
  }
}

// The search

leaf.addEventListener("input", ({ target }) => {
  if (!target.closest(".find")) return;
  clearTimeout(typing);
  typing = setTimeout(() => search(target), TYPING_MILLISECONDS);
});

leaf.addEventListener("submit", (event) => {
  if (event.target.matches(".find")) event.preventDefault();
});

function search(field) {
  forget();
  field.dataset.searched = field.value;
  if (!field.value.trim()) return tell();
  text ??= read();
  matches = found(text, field.value.trim());
  if (CSS.highlights) CSS.highlights.set("found", new Highlight(...matches));
  here = -1;
  if (matches.length) go(1);
  else tell();
}

function forget() {
  matches = [];
  here = -1;
  CSS.highlights?.delete("found");
  CSS.highlights?.delete("here");
}

// Returns the words of the document, a line end after each paragraph, and where its nodes begin.
function read() {
  const nodes = [];
  const starts = [];
  let words = "";
  for (const block of leaf.querySelectorAll(".document section :is(h3, p:not(.gap), td, th, pre)")) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
      if (node.parentElement.className === "control") continue;
      nodes.push(node);
      starts.push(words.length);
      words += node.data;
    }
    words += "\n\n";
  }
  return { words, nodes, starts };
}

function found({ words, nodes, starts }, wanted) {
  const parts = wanted.split(/\s+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  // Words may stand on two lines of a paragraph, but not in two paragraphs.
  const pattern = new RegExp(parts.join("(?:[^\\S\\n]|\\n(?!\\n))+"), "giu");
  const ranges = [];
  let node = 0;
  for (const match of words.matchAll(pattern)) {
    const end = match.index + match[0].length;
    const range = new Range();
    while (starts[node + 1] <= match.index) node++;
    range.setStart(nodes[node], match.index - starts[node]);
    let last = node;
    while (starts[last + 1] < end) last++;
    range.setEnd(nodes[last], end - starts[last]);
    ranges.push(range);
    if (ranges.length === MOST) break;
  }
  return ranges;
}

function go(step) {
  if (!matches.length) return;
  here = (here + step + matches.length) % matches.length;
  const range = matches[here];
  if (CSS.highlights) CSS.highlights.set("here", new Highlight(range));
  else getSelection().setBaseAndExtent(...ends(range));
  reveal(range, leaf.clientHeight / 3);
  tell();
}

function ends(range) {
  return [range.startContainer, range.startOffset, range.endContainer, range.endOffset];
}

function tell() {
  const form = leaf.querySelector(".find");
  const wanted = form.querySelector("input").value.trim();
  const all = matches.length === MOST ? `${MOST.toLocaleString("en")}+` : String(matches.length);
  const said = !wanted ? "" : matches.length ? `${here + 1} of ${all}` : "none";
  form.querySelector(".count").textContent = said;
  for (const button of form.querySelectorAll("button")) button.disabled = !matches.length;
  if (wanted) announcer.textContent = matches.length ? `Match ${said}` : "No match";
}
