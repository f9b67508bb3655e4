"""A checker that does what none should; test_isolation puts it in the place of the real one."""

import json
import os
import pickle
import resource
import sys

import pyoxigraph as ox

MEMORY: list[str] = []


def poison(size: int) -> None:
    """Canonicalise a graph of nodes that all look alike, in code that hears no signal.

    Of 9 nodes it takes minutes and little memory, of 12 a gigabyte within seconds.
    """
    nodes = [ox.BlankNode() for _each in range(size)]
    name = ox.NamedNode("urn:x:p")
    dataset = ox.Dataset(ox.Quad(a, name, b) for a in nodes for b in nodes if a != b)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)


def surroundings() -> dict[str, object]:
    """Tell what a child sees of the world, and what it may take of it."""
    return {
        "environment": dict(os.environ),
        "arguments": sys.argv,
        "folder": os.getcwd(),  # noqa: PTH109 - as it is
        "open": sorted(int(name) for name in os.listdir("/proc/self/fd")),  # noqa: PTH208
        "memory": resource.getrlimit(resource.RLIMIT_AS),
        "processor": resource.getrlimit(resource.RLIMIT_CPU),
        "file": resource.getrlimit(resource.RLIMIT_FSIZE),
        "loaders": sorted(name for name in ("requests", "aiohttp") if sys.modules.get(name)),
    }


def prepare() -> None:
    pass


def answer(written: bytes) -> bytes:
    request = pickle.loads(written)  # noqa: S301 - the test wrote it
    match request[0].get("do"):
        case "poison":
            poison(9)
        case "swell":
            poison(12)
        case "memory":
            return str(len(bytearray(4 << 30))).encode()
        case "abort":
            os.abort()
        case "raise":
            raise RuntimeError("awa@example.org")
        case "flood":
            return b"x" * 40_000_000
        case "remember":
            MEMORY.append(request[0]["words"])
            return json.dumps(MEMORY).encode()
        case "say":
            return str(request[0]["words"]).encode()
        case "tell":
            return json.dumps(surroundings()).encode()
    return b""
