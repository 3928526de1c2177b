"""The chat page and the HTTP API: one process, one port.

render.py   values -> HTML
turns.py    one reader's conversation, and what they say of its answers
thumbs.py   the event by which they say it
page.py     the chat page: a Gradio page inside a document of ours
api.py      what other programs call
shapes.py   what the API returns, as /docs describes it
guard.py    who may ask for what: hosts, origins, sizes, headers
gradio_requests.py   what of the page's requests reaches Gradio
server.py   all of it together, served on 127.0.0.1
"""
