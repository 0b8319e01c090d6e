"""The door of the command ``segur-pha``: it imports nothing before it can say in one line that Ctrl-C was pressed.

It stands beside the package: to import a module of the package is to import the package first, and Ctrl-C may come then.
"""

__all__ = ["entrer"]


def entrer() -> int:
    """Run the process's command line, and give its exit code; 130 when it is interrupted, also while modules are loaded."""
    try:
        from segur_pha.cli import principal

        return principal()
    except KeyboardInterrupt:
        import signal
        import sys

        # Who holds the keys down sends more than one: the process ends now.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("Erreur : Interrompu.\n")
        return 130
