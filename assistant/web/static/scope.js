// Which documents questions are limited to: chosen in the list or in a document, shown above the
// question box. The page hands them on with each question.

// A reload comes back to them, in this tab. Another workspace may be at this address another day.
const KEY = `footnote.scope.${document.documentElement.dataset.workspace}`;
const NAMED = 2; // more are only counted

const announcer = document.getElementById("announcer");
const chosen = kept(); // path -> title; empty: all documents are asked
if (chosen.size) drawOnceThere();

// Gradio calls it as a question is asked (scope.py).
window.chosenDocuments = () => JSON.stringify([...chosen.keys()]);

export function isChosen(path) {
  return chosen.has(path);
}

export function isOnly(path) {
  return chosen.size === 1 && chosen.has(path);
}

export function chooseOnly(path, title) {
  chosen.clear();
  choose(path, title, true);
}

export function choose(path, title, on) {
  if (on) chosen.set(path, title);
  else chosen.delete(path);
  changed();
}

// Documents that are not there any more cannot be asked.
export function forget(path) {
  if (chosen.delete(path)) changed();
}

function clear() {
  chosen.clear();
  changed();
  document.querySelector("#question textarea")?.focus();
}

function kept() {
  try {
    const pairs = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
    return new Map(pairs.filter(([path, title]) => path && typeof title === "string"));
  } catch {
    return new Map();
  }
}

function keep() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...chosen]));
  } catch {
    // the next load of the page asks all
  }
}

function drawOnceThere() {
  const observer = new MutationObserver(() => {
    if (!document.querySelector("#scope .scope")) return;
    observer.disconnect();
    draw();
  });
  observer.observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
}

function changed() {
  keep();
  draw();
  document.dispatchEvent(new CustomEvent("scope"));
  announcer.textContent = chosen.size
    ? `Questions go to ${counted(chosen.size)} only.`
    : "Questions go to all documents.";
}

function counted(number) {
  return number === 1 ? "1 document" : `${number.toLocaleString("en")} documents`;
}

function draw() {
  const place = document.querySelector("#scope .scope");
  if (!place) return;
  place.replaceChildren();
  if (!chosen.size) return;
  const label = document.createElement("span");
  label.className = "label";
  label.textContent = "Asking only";
  place.append(label);
  if (chosen.size > NAMED) {
    const count = document.createElement("span");
    count.className = "counted";
    count.textContent = counted(chosen.size);
    place.append(count);
  } else {
    for (const [path, title] of chosen) place.append(named(path, title));
  }
  const all = document.createElement("button");
  all.type = "button";
  all.className = "all";
  all.textContent = "Ask all";
  all.setAttribute("aria-label", "Ask all documents");
  all.addEventListener("click", clear);
  place.append(all);
}

function named(path, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "one";
  button.title = title;
  button.setAttribute("aria-label", `Leave out ${title}`);
  const name = document.createElement("bdi");
  name.textContent = title;
  button.append(name);
  button.addEventListener("click", () => {
    choose(path, title, false);
    (document.querySelector("#scope button") ?? document.querySelector("#question textarea"))
      ?.focus();
  });
  return button;
}
