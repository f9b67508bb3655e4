"""`python -m config.embedded.devchain FILE --port PORT`: serve a development chain."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from config.embedded import devchain
from config.embedded.devchain.ledger import CHAIN_ID, Ledger
from config.embedded.devchain.server import Server
from config.embedded.devchain.store import StoreInUseError

# Of address space, for each thread; memory is taken as it is used.
STACK_BYTES = 256 * 1024 * 1024


def main(arguments: list[str]) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="devchain", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8545)
    parser.add_argument("--chain-id", type=int, default=CHAIN_ID)
    options = parser.parse_args(arguments)
    # Contracts that call contracts a thousand deep are an ordinary thing to py-evm.
    sys.setrecursionlimit(devchain.DEPTH)
    threading.stack_size(STACK_BYTES)
    try:
        server = Server(
            (options.host, options.port), Ledger(options.file, chain_id=options.chain_id)
        )
    except (StoreInUseError, OSError) as error:
        raise SystemExit(f"devchain: {error}") from error

    def stop(number: int, frame: object) -> None:
        # shutdown() waits for serve_forever(), which this very thread runs.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"devchain: http://{options.host}:{server.server_port}", flush=True)
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
