#!/usr/bin/env python
"""Django's command line for Acquis."""

import os
import sys
from importlib import import_module
from pathlib import Path

from django.core.management import execute_from_command_line

from config.embedded import environment

# They find or start what the settings are about, so they cannot ask the settings first.
BEFORE_SETTINGS = ("up", "demo", "doctor", "devchain")


def main(arguments: list[str]) -> None:
    """Run a command, on the running embedded stack if nothing else was said."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    name = arguments[1] if len(arguments) > 1 else ""
    if name in BEFORE_SETTINGS:
        import_module(f"config.management.commands.{name}").Command().run_from_argv(arguments)
        return
    folder = os.environ.get("DATA_DIR") or Path(__file__).resolve().parent / ".acquis"
    environment.adopt(Path(folder), os.environ)
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
