// Draws the questions of a report as they come into sight. Everything is written as text.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const PAGE = 60; // questions drawn at a time
const FAR = 600; // questions drawn to get to one that is asked for, at most
const list = document.getElementById("list");
const chosen = { kind: "", moved: "", words: "", verdicts: new Set() };
let shown = [];
let drawn = 0;

/** Make an element: make("p", "small", "words", child, …). */
function make(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const percent = (share) => `${Math.round(100 * share)}%`;
const label = (words) => make("p", "label", words);

/** A passage with its cited words marked and its evidence underlined; offsets count characters. */
function passage(number, cited, evidence, tag = "div") {
  const [, , start, text] = data.passages[number];
  const characters = Array.from(text); // Python counts code points, JavaScript UTF-16 units
  const end = start + characters.length;
  const edges = new Set([start, end]);
  for (const [from, to] of [...cited, ...evidence]) {
    for (const edge of [from, to]) if (edge > start && edge < end) edges.add(edge);
  }
  const inside = (ranges, at) => ranges.some(([from, to]) => from <= at && at < to);
  const element = make(tag, "passage");
  const sorted = [...edges].sort((a, b) => a - b);
  for (let i = 0; i + 1 < sorted.length; i += 1) {
    const [from, to] = [sorted[i], sorted[i + 1]];
    let piece = document.createTextNode(characters.slice(from - start, to - start).join(""));
    if (inside(evidence, from)) piece = make("span", "evidence", piece);
    if (inside(cited, from)) piece = make("mark", "", piece);
    element.append(piece);
  }
  return element;
}

function where(number) {
  const [path, section] = data.passages[number];
  return section ? `${path} › ${section}` : path;
}

function evidenceIn(question, number) {
  return data.passages[number][0] === question.document ? question.evidence : [];
}

function citedIn(question, number) {
  const path = data.passages[number][0];
  return (question.cited ?? [])
    .filter(([, passageNumber]) => data.passages[passageNumber][0] === path)
    .map(([, , start, end]) => [start, end]);
}

function answerOf(question) {
  const column = make("div", "", label("Answer"));
  if (question.error) {
    column.append(make("p", "small fault", question.error));
    return column;
  }
  if (question.span) column.append(make("p", "span", question.span));
  column.append(make("p", "said", question.text));
  const facts = [`confidence ${percent(question.confidence)}`];
  if (question.words_count) facts.push(`${question.words_count} words`);
  facts.push(`${question.seconds.toFixed(3)} s`);
  column.append(make("p", "small", facts.join(" · ")));
  if (question.searched) column.append(make("p", "small", `Searched for: ${question.searched}`));
  for (const fault of question.faults) column.append(make("p", "small fault", fault));
  return column;
}

function expectedOf(question) {
  const column = make("div", "", label("Expected"));
  if (!question.expected.length) {
    column.append(make("p", "said", "The documents do not say."));
  } else {
    const parts = make("ul", question.answered ? "parts" : "parts unknown");
    question.expected.forEach((wordings, number) => {
      const missing = question.answered && question.missing.includes(number);
      parts.append(make("li", missing ? "missing" : "", wordings.join(" / ")));
    });
    column.append(parts);
  }
  if (question.short.length) {
    column.append(make("p", "small", `Short: ${question.short.join(" / ")}`));
  }
  if (question.was) {
    column.append(make("p", "small", `In the earlier run: ${data.verdicts[question.was]}`));
  }
  return column;
}

function citationsOf(question) {
  const block = make("div", "broad", label("Cited words, in their passage"));
  const seen = new Set();
  for (const [, number] of question.cited) {
    if (seen.has(number)) continue;
    seen.add(number);
    block.append(passage(number, citedIn(question, number), evidenceIn(question, number)));
    block.append(make("p", "small", where(number)));
  }
  return block;
}

function hitsOf(question) {
  const block = make("div", "broad", label("What retrieval found"));
  question.hits.forEach(([number, score, overlaps], index) => {
    const best = Math.max(0, ...overlaps);
    const held = best > 0 ? make("b", "", `evidence ${percent(best)}`) : make("span", "", "–");
    const preview = make("span", "preview", data.passages[number][3]);
    const summary = make("summary", "", make("span", "", String(index + 1)),
      make("span", "", score.toFixed(3)), held, preview);
    const item = make("details", "hit", summary);
    item.addEventListener("toggle", () => {
      if (item.open && item.childElementCount === 1) {
        const text = passage(number, citedIn(question, number), evidenceIn(question, number));
        if (best >= data.found) text.classList.add("found");
        item.append(text, make("p", "small", where(number)));
      }
    });
    block.append(item);
  });
  return block;
}

function historyOf(question) {
  const block = make("div", "broad", label("Asked before"));
  for (const id of question.after) {
    const link = make("a", "", byId.get(id)?.question ?? id);
    link.href = `#${encodeURIComponent(id)}`;
    block.append(make("p", "small", link));
  }
  return block;
}

function fill(item, question) {
  const body = make("div", "body");
  if (question.after.length) body.append(historyOf(question));
  body.append(answerOf(question), expectedOf(question));
  if (question.cited?.length) body.append(citationsOf(question));
  if (question.hits?.length) body.append(hitsOf(question));
  item.append(body);
}

function draw(question) {
  const verdict = make("span", `verdict ${question.verdict}`, data.verdicts[question.verdict]);
  const about = [question.moved, question.kind.replaceAll("_", " "), question.id];
  const summary = make("summary", "", verdict, make("span", "asked", question.question),
    make("span", "about", about.filter(Boolean).join(" · ")));
  const item = make("details", "item", summary);
  item.id = question.id;
  item.addEventListener("toggle", () => {
    if (item.open && item.childElementCount === 1) fill(item, question);
  });
  return item;
}

function more() {
  const next = shown.slice(drawn, drawn + PAGE);
  drawn += next.length;
  list.append(...next.map(draw));
}

function matches(question) {
  return (!chosen.kind || question.kind === chosen.kind)
    && (!chosen.moved || question.moved === chosen.moved)
    && (!chosen.verdicts.size || chosen.verdicts.has(question.verdict))
    && (!chosen.words
      || `${question.id} ${question.question} ${question.text ?? ""}`.toLowerCase()
        .includes(chosen.words));
}

function refresh() {
  shown = data.questions.filter(matches);
  drawn = 0;
  list.replaceChildren();
  document.getElementById("count").textContent =
    `${shown.length.toLocaleString("en")} of ${data.questions.length.toLocaleString("en")}`;
  more();
}

const byId = new Map(data.questions.map((question) => [question.id, question]));

const chips = document.getElementById("chips");
for (const [name, words] of Object.entries(data.verdicts)) {
  const count = data.questions.filter((question) => question.verdict === name).length;
  if (!count) continue;
  const chip = make("button", name, `${words} ${count}`);
  chip.type = "button";
  chip.addEventListener("click", () => {
    if (!chosen.verdicts.delete(name)) chosen.verdicts.add(name);
    for (const each of chips.children) {
      if (chosen.verdicts.size) each.setAttribute("aria-pressed", chosen.verdicts.has(each.className));
      else each.removeAttribute("aria-pressed");
    }
    refresh();
  });
  chips.append(chip);
}

for (const name of ["kind", "moved"]) {
  document.getElementById(name)?.addEventListener("change", (event) => {
    chosen[name] = event.target.value;
    refresh();
  });
}
document.getElementById("words").addEventListener("input", (event) => {
  chosen.words = event.target.value.trim().toLowerCase();
  refresh();
});
for (const button of document.querySelectorAll("[data-kind]")) {
  button.addEventListener("click", () => {
    chosen.kind = button.dataset.kind;
    document.getElementById("kind").value = chosen.kind;
    refresh();
    document.getElementById("questions").scrollIntoView();
  });
}
for (const bar of document.querySelectorAll("[data-share]")) {
  bar.style.flexGrow = bar.dataset.share;
  bar.style.flexBasis = "0";
}

/** Open the question that the address names. */
function goTo() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!byId.has(id)) return;
  // One that is far down is looked for by its id: drawing all before it would take long.
  const place = shown.indexOf(byId.get(id));
  if (place < 0 || place > drawn + FAR) {
    const far = data.questions.indexOf(byId.get(id)) > FAR;
    Object.assign(chosen, { kind: "", moved: "", words: far ? id.toLowerCase() : "",
      verdicts: new Set() });
    for (const name of ["kind", "moved", "words"]) {
      const control = document.getElementById(name);
      if (control) control.value = name === "words" && far ? id : "";
    }
    for (const chip of chips.children) chip.removeAttribute("aria-pressed");
    refresh();
  }
  while (!document.getElementById(id) && drawn < shown.length) more();
  const item = document.getElementById(id);
  item.open = true;
  item.scrollIntoView();
}

const end = make("div", "");
list.after(end);
new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) more();
}, { rootMargin: "600px" }).observe(end);
window.addEventListener("hashchange", goTo);
refresh();
goTo();
