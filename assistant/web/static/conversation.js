// The conversation: focus, what a screen reader hears, and what the reader says of answers.
// Answers arrive through Gradio.

import { busy, keep } from "./keeping.js";
import { accompany, markAgain, wide } from "./panel.js";

const announcer = document.getElementById("announcer");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

let lastTurn = null;
let lastSaid = null;
let ready = false; // whether the question box is there
let judged = null; // the feedback that waits for the server's word, and what it was before

// Enter that ends the composition of a character (Japanese, Chinese, Korean) does not ask.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Enter" || event.target !== questionBox()) return;
    const blank = event.target.value.trim() === "";
    const vain = (busy() || blank) && !event.shiftKey; // one answer at a time; what is typed stays
    if (vain) {
      event.preventDefault();
      if (!event.isComposing && !blank) wait();
    }
    if (vain || event.isComposing) event.stopPropagation();
  },
  true,
);

document.addEventListener(
  "click",
  (event) => {
    const box = questionBox();
    if (!event.target.closest("#ask") || box.value.trim() !== "") return;
    event.stopPropagation(); // there is nothing to ask
    box.focus();
  },
  true,
);

function questionBox() {
  return document.querySelector("#question textarea, #question input");
}

function wait() {
  const text = "One answer at a time. Wait, or stop this one.";
  document.getElementById("composer").dataset.wait = announcer.textContent = text;
}

function newTurn(turn) {
  const typing = wide.matches || document.activeElement === questionBox();
  if (typing) questionBox()?.focus({ preventScroll: true });
  else if (document.activeElement === document.body) {
    document.querySelector("#stop").focus({ preventScroll: true }); // the button to ask again went
  }
  const top = turn.getBoundingClientRect().top + window.scrollY;
  const masthead = document.getElementById("masthead").offsetHeight;
  window.scrollTo({
    top: Math.max(0, top - masthead - 24),
    behavior: calm.matches ? "auto" : "smooth",
  });
}

// What had the focus may have gone out of sight: Ask and Stop stand in one place, and there is a
// new conversation to begin only after something was said.
function holdFocus() {
  const focused = document.activeElement;
  if (!focused.matches("#ask, #stop, #again")) return;
  if (getComputedStyle(focused).visibility === "visible") return;
  const other = { ask: "#stop", stop: "#ask" }[focused.id];
  const next = other && !wide.matches ? document.querySelector(other) : questionBox();
  next.focus({ preventScroll: true });
}

function heard(turn) {
  announcer.textContent = turn.dataset.announce;
  const markers = [...turn.querySelectorAll(".marker:not(.changed)")];
  accompany(markers.find((one) => one.closest(".best")) ?? markers[0] ?? null);
}

function watch() {
  const box = questionBox();
  if (box && !ready) {
    ready = true;
    if (wide.matches && document.activeElement === document.body) box.focus();
  }
  markAgain();
  if (!busy()) delete document.getElementById("composer")?.dataset.wait;
  if (judged && judged.feedback.innerHTML !== judged.before) {
    judged.feedback.scrollIntoView({ block: "nearest" }); // or it grew under the question box
    judged = null;
  }
  holdFocus();
  const turn = document.querySelector("#current .turn");
  const name = turn?.dataset.turn ?? null;
  const reopened = keep(turn);
  if (name === null) {
    lastTurn = lastSaid = null;
    return;
  }
  if (reopened) {
    lastTurn = name;
    lastSaid = turn.dataset.announce + name;
    newTurn(turn);
    heard(turn);
    announcer.textContent = "The conversation is open again.";
  } else if (turn.getAttribute("aria-busy") === "true") {
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
