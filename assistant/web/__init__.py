"""The chat page and the HTTP API: one process, one port.

answerer.py         what page and API need of an Assistant
forwarded.py        what a proxy in front says of a request
access.py           who is let in: by the server's name, and by the password
guesses.py          wrong passwords, one a second from an address
guard.py            who may ask for what: hosts, origins, sizes, headers
connections.py      connections that are slow or idle, closed
admission.py        who is answered next, and how many may wait
freshness.py        the look at sources/ before a question
shapes.py           what the API returns, as it is described
api.py              what other programs call
render/             values -> HTML
turns.py            one reader's conversation, and what they say of its answers
scope.py            the documents that a question is limited to
talking.py          the events of a conversation beside asking: ask again, stop, reopen
offering.py         the events that offer questions: to begin with, and to go on with
thumbs.py           the event by which readers judge an answer
keeping.py          what a reader's browser keeps, and sends back
indexing.py         what changes sources/ from the page, and the index behind it
listing.py          the list of documents: shown, added to, removed from
fragments.py        what the page's scripts fetch: a document's passage, and the files of static/
frame.py            the document that the page stands in: ours, around Gradio's
gradio_requests.py  what the page sends to Gradio, held against what it can mean
page.py             the chat page: a Gradio page inside that document
server.py           all of it together, on one port
"""
