"""JSON-LD expansion with pinned contexts, in about a third of pyld's time.

pyld re-reads every type-scoped context for every node: its cache of processed contexts is keyed by
an identifier that it draws anew each time. The resolver below keys it by what the context is
applied to, and finds the parsed contexts by identity instead of hashing their canonical JSON. The
result is pyld's own, member for member: a test compares them.

Source: JSON-LD 1.1 Processing Algorithms and API, section 5.1 (expansion).
"""

import threading
from collections.abc import Mapping
from typing import Any

from pyld import ContextResolver, jsonld
from pyld.resolved_context import ResolvedContext

from credentials.core.contexts import Library
from credentials.core.refusals import NotJsonLd, UndefinedTerms

# Processed contexts kept for one context document. Ours need 3; a hostile document can ask for
# more, not keep them.
_MAX_PROCESSED = 64


def expand(document: Mapping[str, Any], *, library: Library) -> list[dict[str, Any]]:
    """Expand a document, without a base address.

    Args:
        document: a JSON object at most a few dozen levels deep; it is not changed.
        library: the only contexts there are.

    Returns:
        The expanded form. Relative addresses are left as they are: the caller must refuse them.

    Raises:
        UndefinedTerms: a member is not defined by the contexts.
        NotJsonLd: the document is not JSON-LD, or a context within a context is not in the library.
        UnknownContext: a context of the document is not in the library.

    Source: JSON-LD 1.1 Processing Algorithms and API, section 5.1.2.
    """
    dropped: list[str] = []
    options = {"base": None, "documentLoader": _refuse, "contextResolver": _resolver(library)}
    try:
        expanded: list[dict[str, Any]] = jsonld.expand(
            document, options, on_property_dropped=lambda term: dropped.append(str(term))
        )
    except jsonld.JsonLdError as error:
        raise NotJsonLd(f"JSON-LD refuses the document: {_code(error)}") from None
    if dropped:
        raise UndefinedTerms(dropped)
    return expanded


class _Processed(ResolvedContext):  # type: ignore[misc] # pyld has no types
    """A context and what it gives when it is applied to another, kept by what that other holds."""

    def __init__(self, document: object) -> None:
        super().__init__(document)
        self.cache: dict[tuple[bool, str], object] = {}

    def get_processed(self, active: Mapping[str, Any]) -> object:
        return self.cache.get(_identity(active))

    def set_processed(self, active: Mapping[str, Any], processed: object) -> None:
        if len(self.cache) >= _MAX_PROCESSED:
            self.cache.clear()
        self.cache[_identity(active)] = processed


def _identity(active: Mapping[str, Any]) -> tuple[bool, str]:
    """Name an active context, the same for two that hold the same.

    Before it applies a type-scoped context, pyld clones the active one and names the clone anew. As
    long as the clone holds nothing else than its original, the original's name will do.
    """
    original = active.get("previousContext")
    if (
        type(active)
        is dict  # a context that is finished is frozen; only a fresh clone is a plain dictionary
        and original is not None
        and active["mappings"] == original["mappings"]
        and all(
            active.get(member) == original.get(member)
            for member in ("@base", "@vocab", "@language")
        )
    ):
        return True, original["_uuid"]
    return False, active["_uuid"]


class _Resolver(ContextResolver):  # type: ignore[misc] # pyld has no types
    """Finds contexts in a library, and each parsed context by identity."""

    def __init__(self, library: Library) -> None:
        super().__init__({}, _refuse)
        self._library = library
        # The parsed context is kept with its entry, so that its identity cannot be given to another
        # object.
        self._known: dict[str | int, tuple[object, _Processed]] = {}

    def resolve(
        self, active_ctx: object, context: Any, base: object, cycles: object = None
    ) -> list[ResolvedContext]:
        listed = context if isinstance(context, list) else [context]
        return [resolved for item in listed for resolved in self._resolve(item)]

    def _resolve(self, item: Any) -> list[ResolvedContext]:
        if item is None:
            return [ResolvedContext(False)]  # noqa: FBT003 - pyld's way to say "start afresh"
        key = item if isinstance(item, str) else id(item)
        if key not in self._known:
            definition = self._library.load(item)["@context"] if isinstance(item, str) else item
            if isinstance(definition, list):
                return self.resolve(None, definition, None)
            self._known[key] = (item, _Processed(definition))
        return [self._known[key][1]]


# pyld's caches are not made for two threads at once, so each thread has its own.
_threads = threading.local()


def _resolver(library: Library) -> _Resolver:
    resolvers: dict[Library, _Resolver]
    try:
        resolvers = _threads.resolvers
    except AttributeError:
        resolvers = _threads.resolvers = {}
    if library not in resolvers:
        resolvers[library] = _Resolver(library)
    return resolvers[library]


def _refuse(url: str, options: object = None) -> None:
    """Stand where pyld would fetch: contexts come from the library, and there is nothing else."""
    raise jsonld.JsonLdError(
        "nothing is fetched", "jsonld.LoadDocumentError", code="loading document failed"
    )


def _code(error: BaseException) -> str:
    """Return the code of the innermost JSON-LD error, the one that says what is wrong."""
    code = "invalid document"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, jsonld.JsonLdError) and cause.code:
            code = str(cause.code)
        cause = cause.__cause__
    return code
