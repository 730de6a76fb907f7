"""`python -m service`: reads the settings and serves, or reports what is wrong with them."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from service.errors import SettingsError
from service.logs import configure_logging
from service.server import GunicornServer, why_not_listening
from service.settings import Settings
from service.settings_docs import settings_as_markdown, settings_as_text

__all__ = ["main"]

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal ends the process. Returns exit status 2 if the settings or the port cannot be used."""
    if _parser().parse_args(arguments).markdown:
        sys.stdout.write(f"{settings_as_markdown()}\n")
        return 0
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    if refused := why_not_listening(settings):
        sys.stderr.write(f"{refused}\n")
        return 2
    configure_logging(settings.log_format, settings.log_level, secrets=settings.secrets)
    if settings.proxy is not None:
        _log.info("HubSpot is reached through the proxy %s", settings.proxy.label)
    GunicornServer(settings).run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service",
        description="Serve HubSpot CRM records in Sesam's JSON pull protocol.",
        epilog=f"All settings are environment variables:\n\n{settings_as_text()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--markdown", action="store_true", help="print the settings as a Markdown table and exit")
    return parser


if __name__ == "__main__":
    sys.exit(main())
