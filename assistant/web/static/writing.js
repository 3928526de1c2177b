// Answers as text, for elsewhere: one to paste, and a conversation as Markdown with footnotes.
// `changed` are the numbers of the citations whose document has changed since.

const CHANGED = "The document has changed since: these words are not there any more.";

export function plain({ question, answer }, changed) {
  const parts = [question, answer.short, answer.text].filter(Boolean);
  const notes = answer.citations.map((citation) => {
    const gone = changed.has(citation.number) ? `\n    ${CHANGED}` : "";
    return `[${citation.number}] “${citation.quote}”\n    ${place(citation)}${gone}`;
  });
  return [...parts, ...notes].join("\n\n") + "\n";
}

function place({ title, section, page, document, start, end }) {
  const name = [title || document, section].filter(Boolean).join(" › ");
  const where = `${document}, ${page ? `page ${page}, ` : ""}characters ${start} to ${end}`;
  return name === document ? where : `${name} (${where})`;
}

// `turns`: [{question, answer, changed}], oldest first; answer is null where there is none.
export function markdown(title, date, turns) {
  const notes = [];
  const said = turns.flatMap(({ question, answer, changed }) => [
    `## ${line(question)}`,
    ...(answer ? answered(answer, changed, notes) : ["*Not answered.*"]),
  ]);
  return [`# ${line(title)}`, `*Footnote, ${date}*`, ...said, ...notes].join("\n\n") + "\n";
}

function answered(answer, changed, notes) {
  const numbers = new Map(); // of the answer -> of the whole
  for (const citation of answer.citations) {
    numbers.set(citation.number, notes.length + 1);
    notes.push(note(notes.length + 1, citation, changed.has(citation.number)));
  }
  const short = answer.short ? [`**${line(answer.short)}**`] : [];
  return [...short, laidOut(answer, numbers)];
}

// What is said, as it is read: in the lines of its lists and tables, without the marks of documents.
// Behind each sentence the text has the numbers of its footnotes: here they are those of the whole.
function laidOut(answer, numbers) {
  let rest = answer.text.replace(/^ +/gm, (indent) => "\u2003".repeat(indent.length / 2));
  let written = "";
  for (const { citations } of answer.sentences) {
    const markers = ` ${citations.map((number) => `[${number}]`).join("")}`;
    const at = rest.indexOf(markers);
    if (!citations.length || at < 0) continue;
    const known = citations.filter((number) => numbers.has(number));
    written += lines(rest.slice(0, at));
    written += known.map((number) => `[^${numbers.get(number)}]`).join("");
    rest = rest.slice(at + markers.length);
  }
  return written + lines(rest);
}

function lines(text) {
  return text.split("\n").map(escaped).join("\\\n"); // one that breaks, in a paragraph
}

function note(number, citation, gone) {
  const quote = citation.quote.split("\n").map((one) => `    > ${escaped(one)}`);
  const after = gone ? `\n\n    *${CHANGED}*` : "";
  return `[^${number}]: ${line(place(citation))}\n\n${quote.join("\n")}${after}`;
}

function line(text) {
  return escaped(text.split(/\s+/).join(" ").trim());
}

// What a document says is text: it makes no heading, no list, no link and no picture here.
function escaped(text) {
  return text
    .replace(/[\\`*_[\]<>|~&$!]/g, "\\$&")
    .replace(/^(\s*)([-+#=])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/, "$1\\$2");
}
