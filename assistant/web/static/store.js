// Conversations, kept in this browser alone, the last one first: {id, title, at, turns, pending}.
// Whatever is wrong with the browser's storage (full, forbidden, not of our making), the page works:
// conversations then last until it is left.

// Another workspace may be served at the same address another day.
const KEY = `footnote.conversations.${document.documentElement.dataset.workspace}`;
const VERSION = 1; // of the shape; one of another version is not read
const MOST = 50;
const MOST_TURNS = 100; // in one conversation, as on the server
const LARGEST_BYTES = 800_000; // of one conversation as it is sent back; the server takes a million
const LARGEST_CHARS = 3_000_000; // of all; browsers give about five million

let unkept = null; // what would be kept, where the browser keeps nothing

export function all() {
  if (unkept) return unkept;
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept?.version === VERSION ? kept.conversations.filter(sound) : [];
  } catch {
    return [];
  }
}

export function find(id) {
  return all().find((conversation) => conversation.id === id);
}

export function put(conversation) {
  while (conversation.turns.length > MOST_TURNS || tooLarge(conversation)) {
    conversation.turns.shift();
  }
  const others = all().filter((other) => other.id !== conversation.id);
  const empty = conversation.turns.length === 0 && conversation.pending === null;
  if (empty) write(others);
  else write([conversation, ...others].sort((one, other) => (one.at < other.at ? 1 : -1)));
}

export function remove(id) {
  write(all().filter((conversation) => conversation.id !== id));
}

export function clear() {
  write([]);
}

function write(conversations) {
  const kept = conversations.slice(0, MOST);
  while (true) {
    const text = JSON.stringify({ version: VERSION, conversations: kept });
    try {
      if (text.length > LARGEST_CHARS) throw new RangeError("too much");
      localStorage.setItem(KEY, text);
      unkept = null;
      return;
    } catch {
      if (kept.length <= 1) break;
      kept.pop(); // the oldest makes room
    }
  }
  unkept = conversations.slice(0, MOST);
}

function tooLarge(conversation) {
  const sent = JSON.stringify(JSON.stringify(conversation)); // as text within the request
  return conversation.turns.length > 0 && new TextEncoder().encode(sent).length > LARGEST_BYTES;
}

// The server looks closely at what is reopened; here, only what the list and this file rely on.
function sound(conversation) {
  return (
    ["id", "title", "at"].every((name) => typeof conversation?.[name] === "string") &&
    Array.isArray(conversation.turns) &&
    conversation.turns.every((turn) => typeof turn?.id === "string") &&
    (conversation.pending === null || typeof conversation.pending === "string")
  );
}

// Which conversation this tab shows: a reload of the page comes back to it.

const OPEN = `footnote.conversation.${document.documentElement.dataset.workspace}`;

export function lastOpen() {
  try {
    return sessionStorage.getItem(OPEN);
  } catch {
    return null;
  }
}

export function setLastOpen(id) {
  try {
    if (id === null) sessionStorage.removeItem(OPEN);
    else sessionStorage.setItem(OPEN, id);
  } catch {
    // the next load of the page starts afresh
  }
}
