"""`python -m service`: reads the settings and serves, or reports what is wrong with them."""

import argparse
import os
import sys
import textwrap

from service.errors import SettingsError
from service.logs import configure_logging
from service.server import ServiceServer
from service.settings import SETTINGS, Setting, Settings

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal ends the process. Returns exit status 2 if the settings cannot be used."""
    _parser().parse_args(arguments)
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    configure_logging(settings.log_format, settings.log_level)
    ServiceServer(settings).run()
    return 0


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="python -m service",
        description="Serve HubSpot CRM records in Sesam's JSON pull protocol.",
        epilog="All settings are environment variables:\n\n" + "\n".join(map(_described, SETTINGS.values())),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _described(setting: Setting) -> str:
    help_text = textwrap.fill(setting.help.replace("`", ""), 76, initial_indent=" " * 6, subsequent_indent=" " * 6)
    default = "required" if setting.is_required else f"default: {setting.default_text}"
    return f"  {', '.join(setting.names)} ({default})\n{help_text}"


if __name__ == "__main__":
    sys.exit(main())
