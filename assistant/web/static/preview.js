// A footnote's words beside its marker, while that has the pointer or the keyboard's focus. A
// screen reader reads them with the marker, so nothing is announced here.

const WAIT_MS = 120; // a pointer that only passes by shows nothing
const STAY_MS = 200; // time to move the pointer onto the words
const GAP = 10; // pixels, between marker and preview and to the window's edges

const preview = document.createElement("div");
preview.id = "preview";
preview.hidden = true;
preview.setAttribute("aria-hidden", "true");
document.body.append(preview);

let marker = null; // whose words are shown, or about to be
let timer = 0;
let escaping = false; // the focus that Escape brings back to a marker asks for nothing

function expect(button, wait) {
  clearTimeout(timer);
  if (button === marker && !preview.hidden) return;
  marker = button;
  timer = setTimeout(show, wait);
}

function show() {
  const note = noteOf(marker);
  if (!note) return;
  const words = [...note.children].filter((part) => !part.matches(".number"));
  preview.replaceChildren(...words.map((part) => part.cloneNode(true)));
  preview.dir = getComputedStyle(note).direction;
  preview.hidden = false;
  place(marker.getBoundingClientRect());
}

// The footnote as it stands below the answer; none while the answer still grows.
function noteOf(button) {
  const turn = button?.isConnected ? button.closest(".turn") : null;
  return turn?.querySelector(`.note[data-number="${button.dataset.number}"]`) ?? null;
}

function place({ left, top, bottom }) {
  const { offsetWidth: width, offsetHeight: height } = preview;
  const below = bottom + GAP + height < document.getElementById("composer").offsetTop
    ? bottom + GAP
    : Math.max(GAP, top - GAP - height);
  const furthest = document.documentElement.clientWidth - width - GAP;
  preview.style.left = `${Math.max(GAP, Math.min(left - 2 * GAP, furthest))}px`;
  preview.style.top = `${below}px`;
}

function leave() {
  clearTimeout(timer);
  timer = setTimeout(hide, STAY_MS);
}

function hide() {
  clearTimeout(timer);
  preview.hidden = true;
  marker = null;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return; // a finger opens the document at once
  const over = event.target.closest?.(".marker, #preview");
  if (over === preview) clearTimeout(timer);
  else if (over) expect(over, WAIT_MS);
  else if (marker && !marker.matches(":focus-visible")) leave();
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches(".marker:focus-visible") && !escaping) expect(event.target, 0);
  else if (marker) hide();
});

document.addEventListener("focusout", hide);
document.addEventListener("click", hide);
document.addEventListener("scroll", hide, true);

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape") return;
    escaping = true;
    setTimeout(() => (escaping = false));
    if (preview.hidden) return;
    hide();
    event.preventDefault(); // it closes this, and not the document beside
  },
  true,
);

new MutationObserver(() => {
  if (marker && !marker.isConnected) hide();
}).observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
