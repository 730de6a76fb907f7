"""`fake-sesam reference`: the generated pages of the reference."""

import click

from fake_sesam.reference import PAGES

__all__ = ["reference"]


@click.command()
@click.argument("page", type=click.Choice(sorted(PAGES)))
def reference(page: str) -> None:
    """Print a page of the reference as Markdown."""
    click.echo(PAGES[page](), nl=False)
