import contextlib
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexOutdated,
    IndexUnwritable,
    UnknownDocument,
)
from assistant.index import Index, Writer, writing
from assistant.index.client import Collection
from assistant.index.lexical import LexicalIndex
from assistant.index.records import PIECE_BYTES, pieces, read_passage, record_id
from assistant.values import Document, Passage
from tests.conftest import let_in

MODEL = "letters@1"


def axis(number: int) -> np.ndarray:
    """The unit vector along one of eight directions."""
    return np.eye(8, dtype=np.float32)[number]


def document(path: str, text: str, digest: str | None = None) -> Document:
    return Document(path, path.upper(), text, digest or text, {"date": "2020-01-01"})


def passages(source: Document) -> list[Passage]:
    """One passage a line."""
    found, start = [], 0
    for position, line in enumerate(source.text.splitlines(keepends=True)):
        end = start + len(line.rstrip("\n"))
        spans = ((start, end),)
        text = source.text[start:end]
        found.append(
            Passage(source.path, start, end, text, None, None, position, source.title, spans)
        )
        start += len(line)
    return found


def put(index: Index, *sources: Document, rebuild: bool = False, remove: tuple[str, ...] = ()):
    """Write documents; passage n of each lies along axis n."""
    with index.writing(rebuild=rebuild) as writer:
        writer.remove(*remove)
        for source in sources:
            cut = passages(source)
            writer.add([(source, p) for p in cut], np.stack([axis(p.position) for p in cut]))
            writer.stand([(source, len(cut))])


def nearest(index: Index, number: int, limit: int, documents: list[str] | None = None):
    """The passages nearest to an axis, nearest first."""
    return list(index.passages(index.nearest(axis(number), limit, documents)).values())


def matching(index: Index, question: str, limit: int, documents: list[str] | None = None):
    """The passages that share words with a question, best first."""
    return list(index.passages(index.matching(question, limit, documents)).values())


def texts(index: Index, number: int = 0) -> list[str]:
    found = index.nearest(axis(number), 9)
    near = index.passages(id for id, cosine in found.items() if cosine > 0.5)
    return sorted(passage.text for passage in near.values())


def live(folder: Path) -> Path:
    """The folder of the store that answers."""
    return folder / json.loads((folder / "live.json").read_text())["store"]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path, MODEL)


def test_texts_are_kept_in_memory_up_to_a_limit_of_bytes(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("assistant.index.index._KEPT_TEXT_BYTES", 3_500)
    index = Index(tmp_path / "index", MODEL)
    put(index, *(document(f"{number}.md", "x" * 1_000) for number in range(6)))
    for _ in range(2):
        for number in range(6):
            assert index.document(f"{number}.md").text == "x" * 1_000
            assert 1_000 < index._texts.size_bytes <= 3_500


def test_passages_come_back_as_they_were_put(index):
    source = document("a.md", "first line\nsecond line")
    put(index, source)
    ((id, cosine),) = index.nearest(axis(1), 1).items()
    assert index.passages([id]) == {id: passages(source)[1]}
    assert cosine == pytest.approx(1)
    assert [p.text for p in matching(index, "second", 5)] == ["second line"]
    ids = list(index.nearest(axis(1), 2))
    assert index.similarities(axis(1), ids) == pytest.approx(dict(zip(ids, [1, 0], strict=True)))


def test_a_document_comes_back_whole_however_long(index):
    text = "naïve “words” 漢字 🙂\n" * 3_000
    assert len(text.encode()) > 5 * PIECE_BYTES
    source = document("a.md", text, "digest")
    with index.writing() as writer:
        writer.stand([(source, 0)])
    assert index.document("a.md") == source


def test_pieces_fit_a_hosted_record_and_cut_no_character():
    text = "🙂é" * 9_000
    cut = pieces(text)
    assert "".join(cut) == text
    assert max(len(piece.encode()) for piece in cut) <= PIECE_BYTES
    assert pieces("") == [""]


def test_the_same_words_in_two_documents_are_two_passages(index):
    put(index, document("a.md", "same"), document("b.md", "same", "other digest"))
    assert [p.document for p in nearest(index, 0, 9)] == ["a.md", "b.md"]


def test_documents_limit_the_search(index):
    put(index, document("a.md", "same a"), document("b.md", "same b"))
    assert [p.document for p in nearest(index, 0, 9, ["b.md"])] == ["b.md"]
    assert [p.document for p in matching(index, "same", 9, ["b.md"])] == ["b.md"]


def test_a_changed_document_leaves_nothing_of_its_old_words(index):
    put(index, document("a.md", "old words\nold end"))
    put(index, document("a.md", "new words"))
    assert texts(index) == ["new words"]
    assert nearest(index, 1, 9)[0].text == "new words"
    assert index.matching("old", 9) == {}
    assert index.document("a.md").text == "new words"


def test_a_removed_document_is_gone(index):
    put(index, document("a.md", "words"), document("b.md", "more words"))
    put(index, remove=("a.md",))
    assert list(index.records()) == ["b.md"]
    assert matching(index, "words", 9)[0].document == "b.md"
    with pytest.raises(UnknownDocument, match="among those that are indexed"):
        index.document("a.md")


def test_what_is_being_written_is_not_seen_before_it_is_finished(index):
    put(index, document("a.md", "old"))
    with index.writing() as writer:
        source = document("a.md", "new")
        writer.add([(source, p) for p in passages(source)], axis(0)[None])
        assert texts(index) == ["old"]
        writer.stand([(source, 1)])
        assert texts(index) == ["old"]
        assert index.document("a.md").text == "old"
    assert texts(index) == ["new"]


def test_another_open_index_sees_each_finished_revision(index, tmp_path):
    put(index, document("a.md", "one"))
    other = Index(tmp_path, MODEL)
    assert texts(other) == ["one"]
    put(index, document("b.md", "two"))
    assert texts(other) == ["one", "two"]
    put(other, document("c.md", "three"), remove=("a.md",))
    assert texts(index) == ["three", "two"]


def test_there_is_one_writer(index, tmp_path):
    with index.writing(), pytest.raises(IndexBusy, match="Another process is writing"):
        put(Index(tmp_path, MODEL), document("a.md", "one"))


def test_nothing_built_yet_says_what_to_do(index):
    with pytest.raises(IndexMissing, match="assistant index"):
        index.records()


def test_another_model_asks_for_a_rebuild_and_the_old_index_stays(index, tmp_path):
    put(index, document("a.md", "one"))
    other = Index(tmp_path, "numbers@2")
    with pytest.raises(IndexMismatch, match=r"letters@1.*numbers@2.*--rebuild"):
        other.records()
    with pytest.raises(IndexMismatch):
        put(other, document("b.md", "two"))
    assert texts(index) == ["one"]


def test_a_rebuild_answers_from_the_old_until_it_is_done(index, tmp_path):
    put(index, document("a.md", "one"))
    other = Index(tmp_path, "numbers@2")
    with other.writing(rebuild=True) as writer:
        source = document("b.md", "two")
        writer.add([(source, p) for p in passages(source)], axis(0)[None])
        writer.stand([(source, 1)])
        assert texts(index) == ["one"]
    assert texts(other) == ["two"]
    with pytest.raises(IndexMismatch):
        texts(index)
    assert list(tmp_path.glob("store-*")) == [live(tmp_path)]


def test_a_rebuild_that_was_cut_off_is_gone_on_with(index):
    with contextlib.suppress(KeyboardInterrupt), index.writing() as writer:
        for name in ("a.md", "b.md"):
            source = document(name, name)
            writer.add([(source, p) for p in passages(source)], axis(0)[None])
            if name == "a.md":
                writer.stand([(source, 1)])
        raise KeyboardInterrupt
    with index.writing() as writer:
        assert list(writer.records) == ["a.md"]  # whole; b.md never stood
    assert texts(index) == ["a.md"]


@pytest.mark.slow
def test_a_lost_word_index_is_made_again(index, tmp_path):
    put(index, document("a.md", "needle"))
    index.close()
    (live(tmp_path) / "words.sqlite3").unlink()
    assert [p.text for p in matching(index, "needle", 5)] == ["needle"]


@pytest.mark.slow
def test_a_spoilt_word_index_is_made_again(index, tmp_path):
    put(index, document("a.md", "needle"))
    index.close()
    (live(tmp_path) / "words.sqlite3").write_bytes(b"spoilt" * 999)
    assert [p.text for p in matching(Index(tmp_path, MODEL), "needle", 5)] == ["needle"]


@pytest.mark.parametrize("file", ["live.json", "chroma/chroma.sqlite3"])
def test_a_damaged_index_says_so_and_a_rebuild_mends_it(index, tmp_path, file):
    put(index, document("a.md", "one"))
    index.close()
    folder = tmp_path if file == "live.json" else live(tmp_path)
    (folder / file).write_bytes(b"spoilt" * 999)
    fresh = Index(tmp_path, MODEL)
    with pytest.raises(IndexDamaged, match="--rebuild"):
        fresh.records()
    put(fresh, document("a.md", "one"), rebuild=True)
    assert texts(fresh) == ["one"]


@pytest.mark.skipif(os.name != "posix", reason="users are switched as POSIX does")
def test_a_read_only_folder_is_a_clear_error_and_loses_nothing(index, tmp_path):
    """In a child of another user when we are root, whom permissions do not stop."""
    put(index, document("a.md", "one"))
    index.close()
    everything = [tmp_path, *tmp_path.rglob("*")]
    before = {file: file.read_bytes() for file in everything if file.is_file()}
    for file in everything:
        file.chmod(0o555 if file.is_dir() else 0o444)
    let_in(tmp_path)
    try:
        said = _in_child(_open_as_nobody, tmp_path)
    finally:
        for file in everything:
            file.chmod(0o755 if file.is_dir() else 0o644)
    assert "cannot be written to" in said["read"]
    assert "cannot be written to" in said["write"]
    assert {file: file.read_bytes() for file in before} == before


def _open_as_nobody(folder: Path, queue) -> None:
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    said = {}
    for name, use in (
        ("read", lambda index: index.records()),
        ("write", lambda index: put(index, document("b.md", "two"))),
    ):
        try:
            use(Index(folder, MODEL))
        except IndexUnwritable as error:
            said[name] = str(error)
        except BaseException as error:
            said[name] = repr(error)
    queue.put(said)


def _in_child(function, folder: Path):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=function, args=(folder, queue))
    child.start()
    try:
        return queue.get(timeout=60)
    finally:
        child.join(10)


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_documents_whole(tmp_path):
    """A child writes documents of three passages; it is killed a little later each time."""
    for delay in (0, 0.05, 0.1, 0.3):
        context = multiprocessing.get_context("spawn")
        started = context.Event()
        child = context.Process(target=_write_many, args=(tmp_path, started))
        child.start()
        assert started.wait(60)
        time.sleep(delay)
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    index = Index(tmp_path, MODEL)
    with index.writing() as writer:
        standing = list(writer.records)
    records = index.records()
    assert standing == list(records)
    assert records, "the child was killed before it finished any document"
    for path, record in records.items():
        assert index.document(path).text == _text(path)
        assert record.passages == 3
        found = matching(index, path.removesuffix(".md"), 9, [path])
        assert sorted(p.position for p in found) == [0, 1, 2]
    ids = index.collection().get(include=[])["ids"]
    assert len(ids) == 3 * len(records)
    assert sorted({p.document for p in nearest(index, 2, 3 * len(records))}) == standing


def _text(path: str) -> str:
    return "\n".join(f"{path.removesuffix('.md')} line {n}" for n in range(3))


def _write_many(folder: Path, started) -> None:
    index = Index(folder, MODEL)
    with index.writing() as writer:
        for number in range(10_000):
            path = f"word{number}.md"
            if path in writer.records:
                continue
            source = document(path, _text(path))
            cut = passages(source)
            writer.add([(source, p) for p in cut], np.stack([axis(p.position) for p in cut]))
            writer.stand([(source, 3)])
            started.set()


def test_llama_index_opens_the_collection_with_everything_in_place(index):
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import MockEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    source = document("a.md", "first line\nsecond line")
    put(index, source)
    store = ChromaVectorStore(chroma_collection=index.collection())
    opened = VectorStoreIndex.from_vector_store(store, embed_model=MockEmbedding(embed_dim=8))
    nodes = opened.as_retriever(similarity_top_k=2).retrieve("anything")
    node: Any = next(found.node for found in nodes if found.node.get_content() == "second line")
    assert (node.start_char_idx, node.end_char_idx) == (11, 22)
    assert node.ref_doc_id == "a.md"
    assert node.metadata["title"] == "A.MD"
    assert node.node_id == record_id("passage", "a.md", source.digest, 1)


def test_a_record_keeps_within_what_hosted_chroma_takes(index):
    source = Document("a.md", "T" * 300, "w" * 1_500, "d", {})
    spans = tuple((n * 10, n * 10 + 9) for n in range(60))
    passage = Passage("a.md", 0, 1_500, source.text, "S" * 300, None, 0, source.title, spans)
    with index.writing() as writer:
        writer.add([(source, passage)], axis(0)[None])
        writer.stand([(source, 1)])
    found = index.collection().get(include=["documents", "metadatas"])
    assert read_passage(found["documents"][0], found["metadatas"][0]) == passage
    size = len(json.dumps(found["metadatas"][0])) + len(found["documents"][0])
    assert size < 16_384


def test_a_read_during_ones_own_first_rebuild_does_not_disturb_it(tmp_path):
    put(Index(tmp_path, MODEL), document("a.md", "one"))
    index = Index(tmp_path, MODEL)
    with index.writing(rebuild=True) as writer:
        assert texts(index) == ["one"]
        source = document("b.md", "two")
        writer.add([(source, p) for p in passages(source)], axis(0)[None])
        writer.stand([(source, 1)])
    assert texts(index) == ["two"]


def test_who_opens_meanwhile_sees_the_last_finished_revision(index, tmp_path):
    put(index, document("a.md", "old"), document("gone.md", "gone"))
    with index.writing() as writer:
        source = document("a.md", "new")
        writer.add([(source, p) for p in passages(source)], axis(0)[None])
        writer.stand([(source, 1)])
        writer.remove("gone.md")
        fresh = Index(tmp_path, MODEL)
        assert texts(fresh) == ["gone", "old"]
        assert fresh.document("a.md").text == "old"
    assert texts(fresh) == ["new"]
    assert list(fresh.records()) == ["a.md"]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["publish", "discard_superseded"])
def test_a_writer_cut_off_at_the_end_is_gone_on_with(index, tmp_path, monkeypatch, moment):
    """Before the revision is raised, readers keep the old; after it, the new; nothing is left."""
    put(index, document("a.md", "old"), document("gone.md", "gone"))
    reader = Index(tmp_path, MODEL)
    assert texts(reader) == ["gone", "old"]

    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
        if moment == "publish":
            patched.setattr(writing, "_publish", cut_off)
        else:
            patched.setattr(Writer, moment, cut_off)
        put(index, document("a.md", "new"), remove=("gone.md",))
    index.close()
    assert reader.unfinished
    assert texts(reader) == (["gone", "old"] if moment == "publish" else ["new"])

    mender = Index(tmp_path, MODEL)
    with mender.writing() as writer:
        assert {path: record.digest for path, record in writer.records.items()} == {"a.md": "new"}
        before = texts(reader)  # the sweep takes nothing from who is reading
        assert before == (["gone", "old"] if moment == "publish" else ["new"])
        assert reader.document("a.md").text == before[-1]
    assert texts(reader) == ["new"]
    assert not reader.unfinished
    view = mender._opening.live().view
    assert view.passages.count() == 1
    assert view.documents.count() == 2  # one record, one piece
    assert mender.matching("old gone", 9) == {}


@pytest.mark.slow
def test_a_document_that_went_and_came_back_before_a_writer_died_stands(index, monkeypatch):
    put(index, document("a.md", "one"))
    with contextlib.suppress(KeyboardInterrupt), index.writing() as writer:
        writer.remove("a.md")
        raise KeyboardInterrupt
    put(index, document("a.md", "one"))
    assert texts(index) == ["one"]
    assert index.document("a.md").text == "one"


def test_an_index_that_was_thrown_away_and_built_again_is_seen_as_another(index, tmp_path):
    put(index, document("a.md", "one"))
    reader = Index(tmp_path, MODEL)
    assert texts(reader) == ["one"]
    index.close()
    (tmp_path / "live.json").write_text("spoilt")
    put(Index(tmp_path, MODEL), document("a.md", "two"), rebuild=True)
    assert texts(reader) == ["two"]


@pytest.mark.slow
def test_a_store_spoilt_in_its_middle_is_damaged_and_can_be_rebuilt(index, tmp_path):
    put(index, *(document(f"{n}.md", f"text {n}") for n in range(50)))
    index.close()
    file = live(tmp_path) / "chroma" / "chroma.sqlite3"
    data = bytearray(file.read_bytes())
    data[8192:-4096] = b"\x55" * (len(data) - 8192 - 4096)
    file.write_bytes(data)
    fresh = Index(tmp_path, MODEL)
    with pytest.raises(IndexDamaged, match="--rebuild"):
        texts(fresh)
    put(fresh, document("a.md", "one"), rebuild=True)
    assert texts(fresh) == ["one"]


@pytest.mark.slow
def test_words_spoilt_in_their_middle_are_made_again(index, tmp_path):
    put(index, *(document(f"{n}.md", f"needle {n} " * 50) for n in range(50)))
    index.close()
    file = live(tmp_path) / "words.sqlite3"
    data = bytearray(file.read_bytes())
    data[8192:-4096] = b"\x55" * (len(data) - 8192 - 4096)
    file.write_bytes(data)
    assert len(Index(tmp_path, MODEL).matching("needle", 99)) == 50


def test_removing_costs_no_more_calls_than_adding(index, monkeypatch):
    """Calls of Chroma and of the words, for fifty documents of two passages each."""
    calls: list[str] = []

    def counted(owner: type, name: str) -> None:
        known = getattr(owner, name)

        def call(self, *given, **named):
            calls.append(name)
            return known(self, *given, **named)

        monkeypatch.setattr(owner, name, call)

    for name in ("upsert", "delete"):
        counted(Collection, name)
    counted(LexicalIndex, "_write")
    sources = [document(f"{number}.md", f"one {number}\ntwo") for number in range(50)]
    with index.writing() as writer:
        added = [(source, passage) for source in sources for passage in passages(source)]
        writer.add(added, np.stack([axis(passage.position) for _, passage in added]))
        writer.stand([(source, 2) for source in sources])
    adding = len(calls)
    calls.clear()
    put(index, remove=tuple(source.path for source in sources))
    assert 0 < len(calls) <= 2 * adding
    assert index.records() == {}
    assert index.collection().count() == 0


def test_a_filter_may_name_very_many_documents(index):
    put(index, document("a.md", "one"), document("b.md", "two"))
    many = [*(f"{n}.md" for n in range(40_000)), "b.md"]
    assert [p.text for p in nearest(index, 0, 9, many)] == ["two"]
    assert [p.text for p in matching(index, "two one", 9, many)] == ["two"]


def test_passages_that_are_gone_are_left_out_and_the_next_ones_come_in_their_place(index):
    put(index, document("a.md", "one\ntwo\nthree"))
    first, second, third = index.nearest(axis(0), 3)
    assert list(index.similarities(axis(0), ["gone", first])) == [first]
    assert list(index.passages(["gone", first, "gone too", third, second], 2)) == [first, third]


@pytest.mark.slow
def test_opening_again_and_again_keeps_nothing_open(index, tmp_path):
    reader = Index(tmp_path, MODEL)
    put(index, document("a.md", "0"))
    assert texts(reader) == ["0"]
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir())) if descriptors.exists() else 0
    for number in range(1, 30):
        put(index, document("a.md", str(number)))
        assert texts(reader) == [str(number)]
    after = len(list(descriptors.iterdir())) if before else 0
    assert after <= before + 5


def outdate(folder: Path) -> None:
    """Let an earlier version have built the index."""
    pointer = folder / "live.json"
    said = json.loads(pointer.read_text())
    pointer.write_text(json.dumps({**said, "format": said["format"] - 1}))


def write(writer: Writer, *documents: Document) -> None:
    for one in documents:
        parts = passages(one)
        writer.add([(one, part) for part in parts], np.stack([axis(0) for _ in parts]))
        writer.stand([(one, len(parts))])


def test_an_index_of_an_earlier_version_says_whether_it_is_being_built_again(tmp_path: Path):
    put(Index(tmp_path, MODEL), document("a.md", "one"))
    outdate(tmp_path)
    reader = Index(tmp_path, MODEL)
    with pytest.raises(IndexOutdated, match="Build it again: assistant index --rebuild"):
        reader.records()
    with Index(tmp_path, MODEL).writing(rebuild=True) as writer:
        with pytest.raises(IndexOutdated, match="is being built again from sources/ just now"):
            reader.records()
        write(writer, document("b.md", "two"))
    assert list(reader.records()) == ["b.md"]


@pytest.mark.parametrize("before", ["nothing", "an earlier version's"])
def test_what_stands_of_a_first_index_answers_while_the_rest_is_written(tmp_path, before):
    if before != "nothing":
        put(Index(tmp_path, MODEL), document("a.md", "earlier"))
        outdate(tmp_path)
    reader, own = Index(tmp_path, MODEL), Index(tmp_path, MODEL)
    assert not reader.partial
    with own.writing(rebuild=before != "nothing") as writer:
        if before == "nothing":
            with pytest.raises(IndexMissing, match="is being built just now"):
                reader.records()
        write(writer, document("a.md", "one\ntwo"))
        for index in (reader, own):
            assert texts(index) == ["one", "two"]
            assert index.partial
        three = document("b.md", "three")
        writer.add([(three, passages(three)[0])], axis(0)[None])  # and it does not stand yet
        assert texts(reader) == texts(own) == ["one", "two"]
        assert reader.document("a.md").text == "one\ntwo"
        writer.stand([(three, 1)])
    assert texts(reader) == texts(own) == ["one", "three", "two"]
    assert not reader.partial
    assert not own.unfinished
    assert [place.name for place in tmp_path.glob("store-*")] == [reader.revision().store]


def test_more_of_a_first_index_answers_as_more_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "BETWEEN_SECONDS", 0.0)
    reader = Index(tmp_path, MODEL)
    seen = []
    with Index(tmp_path, MODEL).writing() as writer:
        for number in range(3):
            write(writer, document(f"{number}.md", str(number)))
            seen.append((texts(reader), reader.revision().revision))
    assert seen == [(["0"], 1), (["0", "1"], 2), (["0", "1", "2"], 3)]
    assert reader.revision().revision == 4


def test_a_first_index_whose_writer_died_answers_and_is_gone_on_with(tmp_path):
    writer_of_one = Index(tmp_path, MODEL)
    with contextlib.suppress(KeyboardInterrupt), writer_of_one.writing() as writer:
        write(writer, document("a.md", "one"))
        raise KeyboardInterrupt
    assert texts(writer_of_one) == ["one"]
    writer_of_one.close()
    reader = Index(tmp_path, MODEL)
    assert (texts(reader), reader.partial, reader.unfinished) == (["one"], True, True)
    with Index(tmp_path, MODEL).writing() as writer:
        assert list(writer.records) == ["a.md"]
        write(writer, document("b.md", "two"))
        assert (texts(reader), reader.partial) == (["one", "two"], True)  # as before it died
        write(writer, document("c.md", "three"))
    assert texts(reader) == ["one", "three", "two"]
    assert (reader.partial, reader.unfinished) == (False, False)


def test_a_rebuild_answers_only_once_it_is_whole_where_an_index_answers(tmp_path):
    put(Index(tmp_path, MODEL), document("a.md", "old"))
    reader = Index(tmp_path, MODEL)
    with Index(tmp_path, MODEL).writing(rebuild=True) as writer:
        write(writer, document("b.md", "new"))
        assert texts(reader) == ["old"]
        assert not reader.partial
    assert texts(reader) == ["new"]
