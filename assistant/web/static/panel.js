// The panel beside the conversation: the list of documents, and one of them at a passage.
// What opens it carries data-document, and data-start and data-end where words are cited.

export const panel = document.getElementById("panel");
export const wide = window.matchMedia("(min-width: 64rem)"); // the panel has a column of its own

const leaf = document.getElementById("leaf");
const allDocuments = document.getElementById("all-documents");
const openTitle = document.getElementById("open-title");
const showDocuments = document.getElementById("show-documents");

let opener = null; // what opened the panel: focus goes back there
let asked = 0; // counts what was asked for, so that only the last answer is shown
let marked = null; // the footnote whose words the panel shows

// Shows a fragment of the server's: "documents", or what `query` returns.
export async function show(query, { focus = true } = {}) {
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
  leaf.dispatchEvent(new CustomEvent("shown")); // listing.js and reader.js take it from here
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

export function open(query, from) {
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
    panel.setAttribute("role", "complementary");
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
  (target ?? document.querySelector("#question textarea"))?.focus();
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

export function query(button) {
  const { document: path, start, end, section, whole } = button.dataset;
  const parameters = new URLSearchParams({ document: path });
  for (const [name, value] of Object.entries({ start, end, section, whole })) {
    if (value !== undefined) parameters.set(name, value);
  }
  return "passage?" + parameters;
}

export function mark(button) {
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
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  if (document.body.classList.contains("reading") || panel.contains(document.activeElement)) {
    close();
  }
});

window.addEventListener("popstate", () => {
  if (document.body.classList.contains("reading")) close({ back: false });
});

wide.addEventListener("change", () => {
  if (!wide.matches) return;
  document.body.classList.remove("reading");
  cover(false);
  if (!leaf.firstChild) show("documents", { focus: false });
});

// Shows what an answer's first footnote says, beside it; the documents where it has none.
export function accompany(footnote) {
  if (!wide.matches || panel.contains(document.activeElement)) return;
  opener = null;
  mark(footnote);
  show(footnote ? query(footnote) : "documents", { focus: false });
}

// Gradio writes a turn anew when its answer is judged: the mark on its footnote is ours.
export function markAgain() {
  if (marked?.isConnected && !marked.classList.contains("shown")) mark(marked);
}

if (wide.matches) show("documents", { focus: false });
