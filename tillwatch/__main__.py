"""The command line: `tillwatch COMMAND`."""

import typer

__all__ = ["app", "main"]

app = typer.Typer(
    name="tillwatch",
    help="Watches a retailer's tills, apps and stock rooms as they work.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
