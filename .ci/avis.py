"""Ask for advisories about pinned packages, and say what came of it: `python .ci/avis.py PIP-AUDIT REQUIREMENTS`.

Ends with 1 for a known weakness, and with 1 if anything could not be looked at and SEGUR_AVIS=exiger; otherwise with 0.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

#: A database that does not answer must not hold everybody up, in seconds.
PATIENCE = float(os.environ.get("SEGUR_AVIS_PATIENCE", "90"))
#: What pip-audit, requests and urllib3 say when nobody answers.
NOBODY = re.compile("ConnectionError|ProxyError|SSLError|Timeout|[Cc]ould not connect|Max retries exceeded|timed out")


def unchecked(why: str) -> int:
    """Say what was not looked at; it is a failure where advisories are required."""
    print(f"advisories: NOT CHECKED, {why}", file=sys.stderr)
    return int(os.environ.get("SEGUR_AVIS") == "exiger")


def main(tool: str, pinned: str) -> int:
    """Run pip-audit, and judge by what it found and not by how it ended."""
    command = [tool, "--disable-pip", "--no-deps", "--timeout", "20", "--format", "json", "-r", pinned]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return unchecked(f"no database answers within {PATIENCE:g} seconds")
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, LookupError, TypeError):
        last = (done.stderr.strip() or "it says nothing").splitlines()[-1]
        return unchecked(f"{'no database answers' if NOBODY.search(done.stderr) else 'pip-audit failed'}: {last}")
    weak = [p for p in packages if p.get("vulns")]
    for package in weak:
        for known in package["vulns"]:
            mended = ", ".join(known.get("fix_versions", ())) or "no version"
            print(
                f"advisories: {package['name']} {package['version']}: {known['id']}, mended in {mended}",
                file=sys.stderr,
            )
    unknown = [p["name"] for p in packages if "skip_reason" in p]
    looked_at = len(packages) - len(unknown)
    if looked_at and not weak:
        print(f"advisories: none known about {looked_at} packages")
    missing = 0
    if unknown and not looked_at:
        missing = unchecked(f"the database that was asked knows none of the {len(unknown)} packages")
    elif unknown:
        missing = unchecked(f"the database that was asked does not know {', '.join(unknown)}")
    elif not packages:
        missing = unchecked("there was no package to ask about")
    return 1 if weak else missing


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
