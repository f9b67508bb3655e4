"""Bugs to plant in the engine: a harness that catches none of them proves nothing.

A mutant changes the text of one or more functions, and gives the running function the code that
comes of it. So each reads as the line that somebody might have written, and no copy of the engine
has to be kept in step: where the line is no longer there, `plant` refuses.
"""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from types import FunctionType
from typing import Any


@dataclass(frozen=True)
class Change:
    """One change of one function.

    Attributes:
        module: Where it is.
        function: Its name, with that of its class if it has one.
        old: Text that it has once.
        new: Text to put there.
    """

    module: str
    function: str
    old: str
    new: str

    def make(self) -> None:
        """Change the function for good, in this process.

        Raises:
            LookupError: the text is not there, or more than once.
        """
        module = importlib.import_module(self.module)
        found = module
        for name in self.function.split("."):
            found = getattr(found, name)
        if isinstance(found, property):
            found = found.fget
        function = inspect.unwrap(found)  # type: ignore[arg-type]
        text = textwrap.dedent(inspect.getsource(function))
        if text.count(self.old) != 1:
            raise LookupError(f"{self.module}.{self.function} no longer has once: {self.old}")
        tree = ast.parse(text.replace(self.old, self.new))
        [definition] = tree.body
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list = []
        space: dict[str, Any] = {}
        exec(compile(tree, f"<mutant of {self.function}>", "exec"), vars(module), space)  # noqa: S102
        function.__code__ = space[definition.name].__code__
        assert isinstance(function, FunctionType)


@dataclass(frozen=True)
class Mutant:
    """A bug.

    Attributes:
        name: What is wrong.
        changes: How it is planted.
        best: Seeds that are tried first, for they are known to catch it.
        survives_because: Why no seed can catch it, where that is so.
    """

    name: str
    changes: tuple[Change, ...]
    best: tuple[int, ...] = ()
    survives_because: str = ""

    def plant(self) -> None:
        """Make the changes in this process."""
        for change in self.changes:
            change.make()

    def seeds(self, count: int) -> Iterable[int]:
        """Return the seeds to try, in order."""
        return [*self.best, *(seed for seed in range(count) if seed not in self.best)]
