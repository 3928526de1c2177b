// The conversation on the page, and what the browser keeps of it: each turn once it is whole, and
// the question that is being answered, so that a reload in mid-answer does not lose it.

import * as store from "./store.js";

const RESTORING_MS = 30_000; // longer than a server takes that answers at all; then begin anew

let id = null; // of the conversation on the page; null before its first question
let turns = new Map(); // by number, those on the page
let hearing = null; // the element through which Gradio hears what we ask for
let waiting = null; // the question that is kept as not answered yet
let awaited = null; // the conversation that was asked for and is not on the page yet
let patience = null; // ends the wait for it
let leaving = false; // another conversation was asked for, and this one is still on the page

const link = new URL(location.href);
let linked = link.searchParams.get("q")?.trim(); // a question to ask, once
if (linked !== undefined) {
  link.searchParams.delete("q");
  history.replaceState(history.state, "", link); // a reload does not ask it again
  store.setLastOpen(null);
}
if (linked || store.find(store.lastOpen())) restoring(true);

document.addEventListener("hearing", (event) => {
  hearing = event.target;
  const conversation = store.find(store.lastOpen());
  if (linked) ask(linked);
  else if (conversation) reopen(conversation);
  linked = undefined;
});

export function ask(question) {
  hearing?.dispatchEvent(new CustomEvent("asked", { detail: { index: 0, value: question } }));
}

export function reopen(conversation) {
  restoring(true);
  leaving = false;
  awaited = id = conversation.id;
  store.setLastOpen(id);
  waiting = conversation.pending;
  turns = new Map(conversation.turns.map((turn, place) => [place + 1, turn])); // as on the server
  const value = JSON.stringify({ turns: conversation.turns, pending: conversation.pending });
  hearing?.dispatchEvent(new CustomEvent("reopened", { detail: { value, name: id } }));
}

// What comes next on the page belongs to a new conversation.
export function leave() {
  leaving = document.querySelector("gradio-app .turn") !== null;
  awaited = id = waiting = null;
  turns = new Map();
  store.setLastOpen(null);
}

export function openId() {
  return id;
}

export function shownTurns() {
  return [...turns.entries()].sort(([one], [other]) => one - other);
}

export function busy() {
  return (
    document.body.classList.contains("restoring") ||
    document.querySelector('gradio-app .turn[aria-busy="true"]') !== null
  );
}

// Called whenever the page changes; `turn` is the newest, or null. Returns whether it has just been
// reopened.
export function keep(turn) {
  if (awaited !== null) return arrived();
  if (turn === null) leaving = false;
  if (turn === null || leaving) return false;
  restoring(false);
  const record = turn.parentElement.querySelector("[data-record]")?.dataset.record;
  if (record) whole(Number(turn.dataset.turn), JSON.parse(record));
  else if (turn.getAttribute("aria-busy") === "true") pending(questionOf(turn));
  else if (!turn.querySelector('[data-do="again"]')) pending(null); // it is back in the box
  return false;
}

function arrived() {
  const shown = document.querySelector("#current [data-reopened]");
  if (shown?.dataset.reopened !== awaited) return false;
  awaited = null;
  restoring(false);
  if (!document.querySelector("#current [data-unreadable]")) return true;
  store.remove(id);
  leave();
  changed();
  return false;
}

export function questionOf(turn) {
  return turn.querySelector(".question").textContent;
}

function whole(number, turn) {
  if (turns.get(number)?.id === turn.id) return;
  turns.set(number, turn);
  waiting = null;
  change(turn.question, (conversation) => {
    conversation.pending = null;
    conversation.turns = conversation.turns.filter((other) => other.id !== turn.id);
    conversation.turns.push(turn);
  });
}

function pending(question) {
  if (question === waiting) return;
  waiting = question;
  if (question !== null || store.find(id)?.turns.length) {
    change(question, (conversation) => (conversation.pending = question));
  } else {
    store.remove(id); // nothing was said in it
    changed();
  }
}

// Another tab may have the same conversation open: what is kept is read anew, and added to.
function change(title, alter) {
  id ??= crypto.getRandomValues(new Uint32Array(3)).join("-");
  store.setLastOpen(id);
  const conversation = store.find(id) ?? { id, title, turns: [], pending: null };
  conversation.at = new Date().toISOString();
  alter(conversation);
  store.put(conversation);
  changed();
}

function changed() {
  document.dispatchEvent(new CustomEvent("kept"));
}

function restoring(begun) {
  document.body.classList.toggle("restoring", begun);
  clearTimeout(patience);
  if (begun) patience = setTimeout(giveUp, RESTORING_MS);
}

function giveUp() {
  restoring(false);
  leave();
}
