"""Every error that a person can mend.

AssistantError
    NoWorkspace         no workspace here, or the folder for a new one is taken
    BadSettings         footnote.toml, recipe.toml or an environment variable does not fit
    NoDocuments         nothing to answer from
      SourcesEmpty      nothing in sources/, while the index holds documents
    UnknownDocument     a document that is not in the index was asked for
    BadSource           one file cannot be read (collected into the sync report)
    DocumentExists      a file that is added has the name of one that is there
    SourcesUnwritable   the folder of documents, or the trash, cannot be written to
    IntakeFull          too many files arrive at once
    ReadOnly            the page was told to leave the documents as they are
    BadQuestion         the question is empty or too long
    TooManyAsking       as many questions wait for their answer as may
    BadFacts            a file of known facts or a run of them is not what it should be
    EvaluationBusy      another evaluation of the workspace is under way
    BadFeedback         a reader's remark is too long, or the file of feedback is not one
    FeedbackUnwritable  a reader's feedback, or a draft made of it, cannot be kept
    ModelMissing        the model's files are not there
    ModelAltered        the model's files are not the published ones
    CacheUnwritable     the folder in which the reader is put together cannot be written to
    IndexMissing        nothing was indexed yet, or not all where all is needed
    IndexMismatch       the index was built with another recipe or another model
      IndexOutdated     or by an earlier version: the next sync builds it again
    IndexDamaged        the index's files cannot be read
    IndexBusy           another process is writing to the index
    Interrupted         indexing was stopped before its end
    IndexUnwritable     the index folder cannot be written to
      IndexFull         because the disk is full
    PortTaken           the chat page's port is in use
    BadAddress          a public name, or a proxy's address, is none
    PasswordMissing     others are to be let in, and no password that fits is set

Each message says what was found, where, and what mends it. The command line prints it after
"assistant: " and ends with exit code 2.
"""


class AssistantError(Exception):
    """The base of the errors that a person can mend."""


class NoWorkspace(AssistantError):
    pass


class BadSettings(AssistantError):
    pass


class NoDocuments(AssistantError):
    pass


class SourcesEmpty(NoDocuments):
    pass


class UnknownDocument(AssistantError):
    pass


class BadSource(AssistantError):
    pass


class DocumentExists(AssistantError):
    pass


class SourcesUnwritable(AssistantError):
    pass


class IntakeFull(AssistantError):
    pass


class ReadOnly(AssistantError):
    pass


class BadQuestion(AssistantError):
    pass


class TooManyAsking(AssistantError):
    pass


class BadFacts(AssistantError):
    pass


class EvaluationBusy(AssistantError):
    pass


class BadFeedback(AssistantError):
    pass


class FeedbackUnwritable(AssistantError):
    pass


class ModelMissing(AssistantError):
    pass


class ModelAltered(AssistantError):
    pass


class CacheUnwritable(AssistantError):
    pass


class IndexMissing(AssistantError):
    pass


class IndexMismatch(AssistantError):
    pass


class IndexOutdated(IndexMismatch):
    pass


class IndexDamaged(AssistantError):
    pass


class IndexBusy(AssistantError):
    pass


class Interrupted(AssistantError):
    """Indexing was told to end, as the program does; what was finished stands."""


class IndexUnwritable(AssistantError):
    pass


class IndexFull(IndexUnwritable):
    pass


class PortTaken(AssistantError):
    pass


class PasswordMissing(AssistantError):
    pass


class BadAddress(AssistantError):
    pass
