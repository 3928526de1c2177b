// How far the server is with indexing what was added or removed, asked while someone waits for it.

const BETWEEN_MILLISECONDS = 500;
const LOST = "Footnote was started again meanwhile: the list says what is indexed.";

const waiting = new Map(); // path -> those that are called with its outcome
let asking = false;

// Returns what becomes of a file: {state, reason}.
export function outcome(path) {
  return new Promise((settle) => {
    waiting.set(path, [...(waiting.get(path) ?? []), settle]); // added, and removed meanwhile
    if (!asking) ask();
  });
}

async function ask() {
  asking = true;
  while (waiting.size) {
    const state = await progress();
    for (const [path, settles] of state ? [...waiting] : []) {
      const known = Object.hasOwn(state.outcomes, path) ? state.outcomes[path] : null;
      if (!known && state.busy) continue;
      waiting.delete(path);
      for (const settle of settles) settle(known ?? { state: "failed", reason: LOST });
    }
    document.dispatchEvent(new CustomEvent("indexing", { detail: state }));
    if (waiting.size) await new Promise((go) => setTimeout(go, BETWEEN_MILLISECONDS));
  }
  asking = false;
}

async function progress() {
  try {
    const response = await fetch("./page/indexing");
    return response.ok ? await response.json() : null;
  } catch {
    return null; // it may be back at the next try
  }
}
