// The page's own scripts; Gradio's run beside them.
import "./panel.js";
import "./conversation.js";
import "./conversations.js";
import "./actions.js";
