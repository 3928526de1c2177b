"""The chat page and the HTTP API: one process, one port.

render.py   values -> HTML
turns.py    one reader's conversation, and what they say of its answers
thumbs.py   the event by which they say it
page.py     the chat page: a Gradio page inside a document of ours
api.py      what other programs call
guard.py    who may ask for what: hosts, origins, sizes, headers
guesses.py  wrong passwords, which delay their own address alone
admission.py    who is answered next, and how many wait
freshness.py    the look at sources/ before each question; how many documents there are
connections.py  sockets that idle or trickle, closed
server.py   all of it together, served on 127.0.0.1
"""
