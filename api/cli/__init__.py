"""The command ``quota-ledger``.

Results go to stdout, errors in one line to stderr. Exit codes: 0 done, 1 refused, 2 usage, 3 unavailable;
``verify`` has its own.
"""

import sys

import typer
from typer.exceptions import Abort, TyperException

from api.cli import explain, keys, reports
from api.cli.balance import balance
from api.cli.checkpoint import checkpoint
from api.cli.context import Stop, errors
from api.cli.demo import demo
from api.cli.doctor import doctor
from api.cli.export import export
from api.cli.history import deadlines, history
from api.cli.init import init
from api.cli.patterns import graph, patterns
from api.cli.rebuild import rebuild
from api.cli.reconcile import reconcile_list
from api.cli.roles import roles
from api.cli.serve import serve
from api.cli.sign import sign
from api.cli.submit import receipt, submit
from api.cli.token import token
from api.cli.verify import verify

app = typer.Typer(
    name="quota-ledger",
    help="The ledger of Shanghai's export quota for used cars: signed, chained, verifiable.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(keys.app, name="keys")
app.add_typer(explain.app, name="explain")
app.add_typer(reports.app, name="report")
_COMMANDS = (
    init, sign, submit, receipt, balance, history, deadlines, patterns, graph, checkpoint, verify, export,
    rebuild, serve, token, doctor, roles, demo,
)  # fmt: skip
for command in _COMMANDS:
    app.command()(command)
app.command("reconcile")(reconcile_list)


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; errors become one line on stderr."""
    try:
        with errors():
            return int(app(arguments, prog_name="quota-ledger", standalone_mode=False) or 0)
    except Stop as stop:
        sys.stderr.write(f"quota-ledger: {stop}\n")
        return stop.code
    except Abort:
        sys.stderr.write("quota-ledger: interrupted\n")
        return 130
    except TyperException as error:
        message = error.format_message()
        # Without a command the message is the help itself.
        sys.stderr.write(f"{message}\n" if message.startswith("Usage:") else f"quota-ledger: {message}\n")
        return error.exit_code
