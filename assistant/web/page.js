// The page's own script: the document panel, focus, and what a screen reader hears.
// Answers arrive through Gradio; their footnotes carry data-document, data-start and data-end.
"use strict";

const panel = document.getElementById("panel");
const leaf = document.getElementById("leaf");
const announcer = document.getElementById("announcer");
const allDocuments = document.getElementById("all-documents");
const openTitle = document.getElementById("open-title");
const showDocuments = document.getElementById("show-documents");
const wide = window.matchMedia("(min-width: 64rem)"); // the panel has a column of its own
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

let opener = null; // what opened the panel: focus goes back there
let asked = 0; // counts what was asked for, so that only the last answer is shown
let lastTurn = null;
let lastSaid = null;
let ready = false; // whether the question box is there
let marked = null; // the footnote whose words the panel shows
let judged = null; // the feedback that waits for the server's word, and what it was before

// The panel

async function show(query, { focus = true } = {}) {
  const number = ++asked;
  panel.setAttribute("aria-busy", "true");
  let html;
  try {
    const response = await fetch("./page/" + query, { headers: { Accept: "text/html" } });
    html = response.ok ? await response.text() : problem((await response.json()).error);
  } catch {
    html = problem("Footnote does not answer. Is it still running?");
  }
  if (number !== asked) return;
  leaf.innerHTML = html; // a fragment of our own, escaped where it was written
  panel.removeAttribute("aria-busy");
  allDocuments.hidden = query === "documents";
  openTitle.textContent = leaf.querySelector(".document h2")?.innerText ?? "";
  uncover(focus);
}

leaf.addEventListener("scroll", () => openTitle.classList.toggle("here", leaf.scrollTop < 48));

function problem(message) {
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = message;
  return line.outerHTML;
}

function uncover(focus) {
  const place = leaf.querySelector("mark")?.getBoundingClientRect();
  const top = place ? place.top - leaf.getBoundingClientRect().top + leaf.scrollTop : 0;
  const inSight = top + Math.min(place?.height ?? 0, 160) < leaf.clientHeight * 0.8;
  leaf.scrollTop = inSight ? 0 : top - Math.min(leaf.clientHeight / 3, 220);
  openTitle.classList.toggle("here", leaf.scrollTop < 48);
  if (focus) leaf.focus({ preventScroll: true });
}

function open(query, from) {
  if (!panel.contains(from)) opener = from;
  if (!wide.matches && !document.body.classList.contains("reading")) {
    document.body.classList.add("reading");
    history.pushState({ reading: true }, ""); // so that a phone's Back closes the document
    cover(true);
  }
  show(query);
}

function cover(covered) {
  for (const behind of document.querySelectorAll("#masthead, gradio-app")) behind.inert = covered;
  if (covered) {
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-modal", "true");
  } else {
    panel.removeAttribute("role");
    panel.removeAttribute("aria-modal");
  }
}

function close({ back = true } = {}) {
  const reading = document.body.classList.contains("reading");
  document.body.classList.remove("reading");
  cover(false);
  mark(null);
  if (reading && back && history.state?.reading) history.back();
  if (wide.matches) show("documents", { focus: false });
  const target = opener?.isConnected ? opener : again(opener);
  (target ?? questionBox())?.focus();
  opener = null;
}

// Gradio writes the conversation anew with each question: find the same footnote in it.
function again(button) {
  if (!button?.dataset.document) return null;
  const { document: path, start } = button.dataset;
  const turn = button.dataset.turn;
  return [...document.querySelectorAll("gradio-app [data-document]")].find(
    (other) =>
      other.dataset.document === path &&
      other.dataset.start === start &&
      other.closest(".turn")?.dataset.turn === turn &&
      other.className === button.className,
  );
}

function query(button) {
  const { document: path, start, end, section, whole } = button.dataset;
  const parameters = new URLSearchParams({ document: path });
  for (const [name, value] of Object.entries({ start, end, section, whole })) {
    if (value !== undefined) parameters.set(name, value);
  }
  return "passage?" + parameters;
}

function mark(button) {
  for (const old of document.querySelectorAll("gradio-app .shown")) old.classList.remove("shown");
  marked = button?.dataset.start ? button : null;
  if (!marked) return;
  const turn = button.closest(".turn");
  for (const other of turn?.querySelectorAll("[data-document]") ?? []) {
    const same = ["document", "start", "end"].every(
      (name) => other.dataset[name] === button.dataset[name],
    );
    other.classList.toggle("shown", same);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-document]");
  if (!button) return;
  if (!panel.contains(button)) {
    button.dataset.turn = button.closest(".turn")?.dataset.turn ?? ""; // for `again`
    mark(button);
  }
  open(query(button), button);
});

document.getElementById("close").addEventListener("click", () => close());
allDocuments.addEventListener("click", () => {
  mark(null);
  show("documents");
});
showDocuments.addEventListener("click", () => open("documents", showDocuments));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  if (document.body.classList.contains("reading") || panel.contains(document.activeElement)) {
    close();
  }
});

// Enter that ends the composition of a character (Japanese, Chinese, Korean) does not ask.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && event.isComposing) event.stopPropagation();
  },
  true,
);

window.addEventListener("popstate", () => {
  if (document.body.classList.contains("reading")) close({ back: false });
});

wide.addEventListener("change", () => {
  if (!wide.matches) return;
  document.body.classList.remove("reading");
  cover(false);
  if (!leaf.firstChild) show("documents", { focus: false });
});

// The conversation

function questionBox() {
  return document.querySelector("#question textarea, #question input");
}

function newTurn(turn) {
  const typing = wide.matches || document.activeElement === questionBox();
  if (typing) questionBox()?.focus({ preventScroll: true });
  const top = turn.getBoundingClientRect().top + window.scrollY;
  const masthead = document.getElementById("masthead").offsetHeight;
  window.scrollTo({
    top: Math.max(0, top - masthead - 24),
    behavior: calm.matches ? "auto" : "smooth",
  });
}

function heard(turn) {
  announcer.textContent = turn.dataset.announce;
  const first = turn.querySelector(".marker");
  if (!wide.matches || panel.contains(document.activeElement)) return;
  opener = null;
  mark(first);
  show(first ? query(first) : "documents", { focus: false });
}

function watch() {
  const box = questionBox();
  if (box && !ready) {
    ready = true;
    if (wide.matches && document.activeElement === document.body) box.focus();
  }
  // Gradio writes a turn anew when its answer is judged: the mark on its footnote is ours.
  if (marked?.isConnected && !marked.classList.contains("shown")) mark(marked);
  if (judged && judged.feedback.innerHTML !== judged.before) {
    judged.feedback.scrollIntoView({ block: "nearest" }); // or it grew under the question box
    judged = null;
  }
  const turn = document.querySelector("#current .turn");
  const name = turn?.dataset.turn ?? null;
  if (name === null) {
    lastTurn = lastSaid = null;
    return;
  }
  if (turn.getAttribute("aria-busy") === "true") {
    if (lastTurn !== name || lastSaid !== null) {
      announcer.textContent = turn.querySelector(".working")?.textContent ?? "";
      newTurn(turn);
    }
    lastTurn = name;
    lastSaid = null;
  } else if (turn.dataset.announce && lastSaid !== turn.dataset.announce + name) {
    lastSaid = turn.dataset.announce + name;
    lastTurn = name;
    heard(turn);
  }
}

// What the reader says of an answer: Gradio carries it to the server, which has the answer.

function judge(feedback, thumb, remark) {
  const number = Number(feedback.closest(".turn").dataset.turn);
  const said = { index: number, liked: thumb === "up", value: remark };
  judged = { feedback, before: feedback.innerHTML };
  feedback.dispatchEvent(new CustomEvent("judged", { bubbles: true, detail: said }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-thumb]");
  if (button) judge(button.closest(".feedback"), button.dataset.thumb, null);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.remark")) return;
  event.preventDefault();
  const feedback = event.target.closest(".feedback");
  const pressed = feedback.querySelector('[aria-pressed="true"]');
  pressed.focus(); // the form goes away once the remark is kept
  judge(feedback, pressed.dataset.thumb, event.target.elements.remark.value);
});

new MutationObserver(watch).observe(document.querySelector("gradio-app"), {
  childList: true,
  subtree: true,
});

if (wide.matches) show("documents", { focus: false });
