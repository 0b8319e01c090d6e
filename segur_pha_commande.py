"""The door of the command ``segur-pha``: it imports nothing before it can say in one line that Ctrl-C was pressed.

It stands beside the package: to import a module of the package is to import the package first, and Ctrl-C may come then.
"""

__all__ = ["RAMASSAGES", "entrer"]

#: When a command looks for garbage (``gc.set_threshold``): nearly all that it makes at its start, modules and classes, stays.
RAMASSAGES = (50_000, 10, 10)


def entrer() -> int:
    """Run the process's command line, and give its exit code; 130 when it is interrupted, also while modules are loaded."""
    try:
        import gc

        gc.set_threshold(*RAMASSAGES)
        from segur_pha.cli import principal

        code = principal()
    except KeyboardInterrupt:
        import signal
        import sys

        # Who holds the keys down sends more than one: the process ends now.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("Erreur : Interrompu.\n")
        return 130
    # What has to be closed is closed by now: the end of the process need not look through everything once more.
    gc.freeze()
    return code
