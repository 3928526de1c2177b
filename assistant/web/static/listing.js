// The list of documents: narrowing it, choosing what is asked, and removing a document.

import { outcome } from "./indexing.js";
import { choose, forget, isChosen } from "./scope.js";

const TYPING_MILLISECONDS = 180;
const GROWING_MILLISECONDS = 2000;

const leaf = document.getElementById("leaf");
const announcer = document.getElementById("announcer");

let typing = 0; // the timer that waits for the end of it
let following = 0; // the timer until the list is fetched again by itself
let asked = 0; // counts what was asked for, so that only the last answer is shown

function tick() {
  for (const box of leaf.querySelectorAll("[data-pick]")) box.checked = isChosen(box.dataset.pick);
}

// Fetches the list again, where it is shown; the field, the focus and the place stay.
export async function refresh() {
  const listing = leaf.querySelector("#listing");
  if (!listing) return null;
  const number = ++asked;
  const words = leaf.querySelector("#narrow")?.value ?? "";
  let html;
  try {
    const response = await fetch("./page/documents?" + new URLSearchParams({ words }));
    if (!response.ok) return null;
    html = await response.text();
  } catch {
    return null; // the list stays as it was
  }
  if (number !== asked || !listing.isConnected) return null;
  const fetched = document.createElement("template");
  fetched.innerHTML = html; // a fragment of our own, escaped where it was written
  const focused = listing.contains(document.activeElement) ? document.activeElement.dataset : null;
  listing.replaceChildren(...fetched.content.querySelector("#listing").childNodes);
  const narrow = leaf.querySelector(".narrow");
  const offered = fetched.content.querySelector(".narrow"); // there are many now, or few again
  if (!narrow && offered) listing.before(offered);
  if (narrow && !offered && words === "") narrow.remove();
  leaf.querySelector("h2").textContent = fetched.content.querySelector("h2").textContent;
  tick();
  if (focused) again(listing, focused)?.focus({ preventScroll: true });
  return listing;
}

function again(listing, { pick, document: path, remove }) {
  return [...listing.querySelectorAll("[data-pick], [data-document], [data-remove]")].find(
    ({ dataset }) => dataset.pick === pick && dataset.document === path && dataset.remove === remove,
  );
}

// While the server still indexes what it found, the list is fetched anew every now and then.
function follow() {
  clearTimeout(following);
  if (!leaf.querySelector("#listing [data-growing]")) return;
  following = setTimeout(async () => {
    await refresh();
    if (leaf.querySelector("#listing") && !leaf.querySelector("#listing [data-growing]")) {
      document.dispatchEvent(new CustomEvent("documents")); // offering.py
    }
    follow();
  }, GROWING_MILLISECONDS);
}

leaf.addEventListener("shown", tick);
leaf.addEventListener("shown", follow);
document.addEventListener("scope", tick);

leaf.addEventListener("input", (event) => {
  if (event.target.id !== "narrow") return;
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const listing = await refresh();
    if (!listing) return;
    const count = listing.querySelectorAll(".entry").length;
    announcer.textContent = count === 1 ? "1 document" : `${count} documents`;
  }, TYPING_MILLISECONDS);
});

leaf.addEventListener("change", ({ target }) => {
  const { pick, title } = target.dataset;
  if (pick !== undefined) choose(pick, title, target.checked);
});

leaf.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (button) confirm(button);
});

// Removing

const dialog = document.createElement("dialog");
dialog.id = "removing";
dialog.setAttribute("aria-labelledby", "removing-title");
dialog.innerHTML = `
<h2 id="removing-title">Remove <bdi></bdi>?</h2>
<p>Its file moves from <code>sources/</code> to <code>trash/</code> in the workspace. Nothing in
there is read: answers no longer draw on this document, and footnotes to it no longer open. To have
it again, put the file back.</p>
<p class="failure" role="alert" hidden></p>
<div class="choices"><button type="button" class="cancel">Keep it</button>
<button type="button" class="confirm">Remove</button></div>`;
document.body.append(dialog);

const failure = dialog.querySelector(".failure");
const confirmed = dialog.querySelector(".confirm");
let removing = null; // the button that asked for it

function confirm(button) {
  removing = button;
  dialog.querySelector("bdi").textContent = button.dataset.title;
  failure.hidden = true;
  confirmed.disabled = false;
  dialog.showModal();
  dialog.querySelector(".cancel").focus();
}

dialog.querySelector(".cancel").addEventListener("click", () => dialog.close());
dialog.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.stopPropagation(); // it closes this, and not what is under it
});
dialog.addEventListener("close", () => {
  if (removing?.isConnected) removing.focus();
});

confirmed.addEventListener("click", async () => {
  const { remove: path, title } = removing.dataset;
  confirmed.disabled = true;
  const problem = await removed(path);
  if (problem) {
    failure.textContent = problem;
    failure.hidden = false;
    confirmed.disabled = false;
    return;
  }
  const next = neighbour(removing.closest(".entry"));
  removing = null;
  dialog.close();
  forget(path);
  await refresh();
  (again(leaf, next) ?? leaf.querySelector(".contents h2"))?.focus();
  const { state, reason } = await outcome(path);
  announcer.textContent =
    state === "failed" ? `${title}: ${reason}` : `${title} was removed, and is not asked any more.`;
  document.dispatchEvent(new CustomEvent("documents")); // offering.py
  refresh();
});

function neighbour(entry) {
  const beside = entry.nextElementSibling ?? entry.previousElementSibling;
  return { ...beside?.querySelector("[data-remove]")?.dataset, pick: undefined };
}

async function removed(path) {
  try {
    const query = new URLSearchParams({ document: path });
    const response = await fetch("./page/files?" + query, { method: "DELETE" });
    return response.ok ? "" : (await response.json()).error;
  } catch {
    return "Footnote does not answer. Is it still running?";
  }
}
