// An answer under way is lost when the server ends, and its stream may close without a word: then
// the page says so, and is loaded anew once the server is back.

import { busy } from "./keeping.js";

const EVERY_MS = 3000;
const LOST = "The server has stopped. This page goes on once it is back.";

let lost = false;

async function look() {
  if (!busy()) {
    lost = false;
    return;
  }
  try {
    await fetch("./api/health");
    if (lost) window.location.reload();
  } catch {
    lost = true;
    document.getElementById("composer").dataset.wait = LOST;
    document.getElementById("announcer").textContent = LOST;
  }
}

setInterval(look, EVERY_MS);
