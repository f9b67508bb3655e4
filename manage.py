#!/usr/bin/env python
"""Django's command line for Acquis."""

import os
import sys
from importlib import import_module
from pathlib import Path

from config.embedded import doctor, environment
from config.embedded.folder import Folder

# They find or start what the settings are about, so they cannot ask the settings first.
BEFORE_SETTINGS = ("up", "demo", "devchain")


def main(arguments: list[str]) -> None:
    """Run a command, on the running embedded stack if nothing else was said."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if arguments[1:] == ["doctor"]:
        raise SystemExit(doctor.main())
    try:
        management = import_module("django.core.management")
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here: type `make setup`, or look with `manage.py doctor`."
        ) from error
    if arguments[1:2] and arguments[1] in BEFORE_SETTINGS:
        import_module(f"config.management.commands.{arguments[1]}").Command().run_from_argv(
            arguments
        )
        return
    folder = os.environ.get("DATA_DIR") or Path(__file__).resolve().parent / ".acquis"
    environment.adopt(Folder(Path(folder)), os.environ)
    _require_settings()
    with import_module("issuers.trail").acting(door=f"command {' '.join(arguments[1:2])}"):
        management.execute_from_command_line(arguments)


def _require_settings() -> None:
    """Say in two lines what is missing, where Django would show thirty."""
    wrong: type[Exception] = import_module("django.core.exceptions").ImproperlyConfigured
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except wrong as error:
        raise SystemExit(
            f"{error}\nNothing runs here, and no settings were given: start Acquis with `make run` "
            "in another window, or set the variables that README.md lists."
        ) from None


if __name__ == "__main__":
    main(sys.argv)
