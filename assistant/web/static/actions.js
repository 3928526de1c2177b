// What is done with a turn (copy it, copy a link to its question, ask it again), the questions that
// are offered, and the export of the whole conversation.

import { ask, busy, questionOf, shownTurns } from "./keeping.js";
import { markdown, plain } from "./writing.js";

const CONFIRMED_MS = 2000;

const announcer = document.getElementById("announcer");
const byHand = document.getElementById("by-hand");

const ACTIONS = {
  copy(turn, button) {
    const number = Number(turn.dataset.turn);
    const [, kept] = shownTurns().find(([other]) => other === number) ?? [];
    if (kept) copy(plain(kept, changed(number)), button, "The answer is copied.");
  },
  link(turn, button) {
    const link = new URL("./?q=" + encodeURIComponent(questionOf(turn)), document.baseURI);
    copy(link.href, button, "The link is copied.");
  },
  again(turn) {
    if (!busy()) ask(questionOf(turn));
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) ACTIONS[button.dataset.do](button.closest(".turn"), button);
  if (event.target.closest("#export")) download();
  const offer = event.target.closest("[data-offer]");
  if (offer && !busy()) ask(offer.textContent);
});

// The numbers of a turn's footnotes whose document has changed since, as the server saw them.
function changed(number) {
  const notes = document.querySelectorAll(`.turn[data-turn="${number}"] .note.changed`);
  return new Set([...notes].map((note) => Number(note.dataset.number)));
}

async function copy(text, button, said) {
  try {
    await navigator.clipboard.writeText(text); // there is none where the page came without TLS
  } catch {
    offer(text);
    return;
  }
  confirm(button);
  announcer.textContent = said;
}

function confirm(button) {
  const label = button.textContent;
  if (label === "Copied") return;
  button.style.minWidth = `${button.getBoundingClientRect().width}px`; // what stands beside it does not move
  button.textContent = "Copied";
  setTimeout(() => {
    if (button.textContent === "Copied") button.textContent = label; // or it is another by now
  }, CONFIRMED_MS);
}

function offer(text) {
  byHand.querySelector("textarea").value = text;
  byHand.showModal();
  byHand.querySelector("textarea").focus();
  byHand.querySelector("textarea").select();
}

function download() {
  const turns = shownTurns().map(([number, { question, answer }]) => ({
    question,
    answer,
    changed: changed(number),
  }));
  const newest = document.querySelector("#current .turn");
  if (newest && !shownTurns().some(([number]) => number === Number(newest.dataset.turn))) {
    turns.push({ question: questionOf(newest), answer: null, changed: new Set() });
  }
  const title = turns[0].question;
  const date = new Date().toLocaleDateString("en-GB", { dateStyle: "long" });
  save(`${fileName(title)}.md`, markdown(title, date, turns));
}

function fileName(title) {
  const words = title.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-");
  return [...words].slice(0, 60).join("").replace(/^-|-$/g, "") || "conversation";
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // once the browser has surely read it
  announcer.textContent = `The conversation is saved as ${name}.`;
}
