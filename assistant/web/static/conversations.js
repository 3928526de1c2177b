// The list of the conversations that this browser keeps: to open again, and to delete.

import { leave, openId, reopen } from "./keeping.js";
import * as store from "./store.js";

const sheet = document.getElementById("conversations");
const list = sheet.querySelector("ul");
const deleteAll = document.getElementById("delete-all");

document.addEventListener("click", (event) => {
  if (event.target.closest("#earlier")) show();
  if (event.target.closest("#again")) leave();
  const sheetAround = event.target.closest(".sheet");
  if (event.target === sheetAround || event.target.closest(".sheet .close")) sheetAround.close();
});

sheet.addEventListener("close", () => {
  offer();
  const kept = document.body.classList.contains("talked");
  if (!kept) document.querySelector("#question textarea").focus(); // what opened it is gone
});

deleteAll.addEventListener("click", () => {
  const all = store.all();
  list.replaceChildren(document.createElement("li"));
  deleteAll.hidden = true;
  removed(list.firstChild, all, `All ${all.length} conversations deleted.`, () => {
    fill();
    return deleteAll;
  });
});

document.addEventListener("kept", offer);
offer();

function offer() {
  document.body.classList.toggle("talked", store.all().length > 0);
}

function show() {
  fill();
  sheet.showModal();
  list.querySelector("button").focus();
}

function fill() {
  list.replaceChildren(...store.all().map(row));
  deleteAll.hidden = list.childElementCount < 2;
}

function row(conversation) {
  const { id, title } = conversation;
  const item = document.createElement("li");
  const open = button("reopen", span("words", title), span("where", facts(conversation)));
  open.addEventListener("click", () => {
    sheet.close();
    if (id !== openId()) reopen(conversation);
  });
  if (id === openId()) open.setAttribute("aria-current", "true");
  const remove = button("delete", "Delete");
  remove.setAttribute("aria-label", `Delete “${title}”`);
  remove.addEventListener("click", () => {
    removed(item, [conversation], `Deleted: ${title}`, () => {
      const again = row(conversation);
      item.replaceWith(again);
      return again.querySelector(".delete");
    });
  });
  item.append(open, remove);
  return item;
}

// Deletes conversations and puts a line in place of them, from which they can be had back for as
// long as the list is open. The focus goes there, so that it is heard too; `back` writes them into
// the list again and returns what gets the focus then.
function removed(item, conversations, said, back) {
  for (const { id } of conversations) {
    store.remove(id);
    if (id === openId()) document.querySelector("#again").click();
  }
  const undo = button("undo", "Undo");
  undo.setAttribute("aria-label", `Undo. ${said}`);
  undo.addEventListener("click", () => {
    conversations.forEach(store.put);
    back().focus();
  });
  item.replaceChildren(span("where", said), undo);
  undo.focus();
}

function facts({ id, at }) {
  const date = new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return id === openId() ? `${date} · open` : date;
}

function button(name, ...content) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  made.append(...content);
  return made;
}

function span(name, text) {
  const made = document.createElement("span");
  made.className = name;
  made.dir = "auto";
  made.textContent = text;
  return made;
}
