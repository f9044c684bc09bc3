"""Programs of the machine that some tests need: without one a test skips, or fails where every test is asked for."""

import os
import shutil

import pytest

# Set by .ci/run, which installs them.
REQUIRED = "BOROUGH_REQUIRE_TOOLS"
PACKAGES = {"chromium": "chromium", "pdftotext": "poppler-utils", "soffice": "libreoffice-calc-nogui"}


def find_tool(name: str) -> str:
    """The path of a program; skips the test without it, or fails it if BOROUGH_REQUIRE_TOOLS=1."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not on this machine (on Debian and Ubuntu: apt-get install {PACKAGES[name]})"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{message}, and {REQUIRED}=1 asks for every test")
        pytest.skip(message)
    return found
