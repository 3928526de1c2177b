"""The search as LlamaIndex's retriever, for programs that are built on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.values import Passage

if TYPE_CHECKING:
    from assistant.assistant import Assistant


class AssistantRetriever(BaseRetriever):
    """Finds what `Assistant.retrieve` finds, as nodes with their place in the document."""

    def __init__(self, assistant: Assistant, limit: int) -> None:
        self._assistant = assistant
        self._limit = limit
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._assistant.retrieve(query_bundle.query_str, limit=self._limit)
        return [NodeWithScore(node=_node(hit.passage), score=hit.score) for hit in hits]


def _node(passage: Passage) -> TextNode:
    return TextNode(
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "path": passage.document,
            "title": passage.title,
            "section": passage.section,
            "page": passage.page,
            "position": passage.position,
        },
    )
