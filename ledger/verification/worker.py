"""One process that looks at entries for another; ``workers`` starts it and talks to it."""

import pickle
import sys

from ledger.verification.look import look


def main() -> None:
    """Answer until the input ends."""
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            work = pickle.load(asked)  # noqa: S301  from the process that started this one
            pickle.dump(look(work), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except (EOFError, BrokenPipeError):
            return


if __name__ == "__main__":
    main()
