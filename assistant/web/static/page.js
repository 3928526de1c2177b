// The page's own scripts; Gradio's run beside them.
import "./panel.js";
import "./conversation.js";
import "./preview.js";
import "./conversations.js";
import "./actions.js";
import "./scope.js";
import "./listing.js";
import "./adding.js";
import "./reader.js";
import "./lost.js";
