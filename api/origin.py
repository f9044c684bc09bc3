"""Under which address this server was asked, for what is copied elsewhere: citations, feeds, embed code.

An answer that has it in it carries `OF_HOST`, so that it is not kept for those who ask under another name.
"""

import re

from api.respond import AnyRequest

# Who asks under another name gets another answer (RFC 9110, section 12.5.5).
OF_HOST = {"Vary": "Host"}
HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


def find_origin(request: AnyRequest) -> str:
    """The scheme and the host of a request, such as `https://figures.example`; empty where the host is no name of one.

    A proxy that ends TLS in front of this says so with `X-Forwarded-Proto: https`.
    """
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        return ""
    is_secure = request.scope["scheme"] == "https" or request.headers.get("x-forwarded-proto") == "https"
    return f"{'https' if is_secure else 'http'}://{host}"
