"""One process that looks at entries for another; ``workers`` starts it and talks to it."""

import gc
import pickle
import sys

from ledger.verification.look import look


def main() -> None:
    """Answer until the input ends."""
    gc.disable()  # nothing here is in a cycle, and looking for some takes a third of the time
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
