"""A development chain that keeps its word: py-evm over SQLite, behind JSON-RPC on the loopback.

It takes part of what eth-tester is made of, py-evm, and leaves the rest, for five reasons. With
eth-tester every block is final at once, so the way to *finalized* would never be walked; a
transaction is looked for block by block from the head; block times run away from the clock; a block
reaches the disk in many writes; and it takes half as long again to import.

    store.py     bytes under keys in SQLite; one block, one transaction
    pool.py      transactions that wait for a block, under a node's usual rules
    genesis.py   the rules of the chain, and its first block
    ledger.py    blocks, state, finality
    methods.py   the JSON-RPC methods, by name; what is not listed is refused
    shapes.py    what they answer, as JSON
    server.py    the door on 127.0.0.1

One block a second at most, one at once after a rest, and empty ones only until the last transaction
is final.
"""

import sys

# py-evm raises Python's limit a hundredfold when it is imported, for everybody in the process: a
# deep JSON text would then end it by SIGSEGV instead of RecursionError. The server, which needs the
# depth, asks for it with a stack to match.
_limit = sys.getrecursionlimit()
import eth  # noqa: E402, F401 - see above

DEPTH = sys.getrecursionlimit()
sys.setrecursionlimit(_limit)
