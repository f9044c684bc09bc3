"""What the OpenAPI document says of payments."""

from collections.abc import Sequence
from typing import Generic

from api.envelope import Listing, Row
from api.payment_rows import PaymentCoverage, PaymentGap

PAYMENT = {
    "payer_code": "E09000012",
    "payer": "Hackney council",
    "month": "2024-05",
    "paid_on": "2024-05-14",
    "kind": "over_500",
    "supplier": "Example Cameras Ltd",
    "redaction": "named",
    "department": "Climate, Homes and Economy",
    "service": "Community safety",
    "purpose": "CCTV maintenance",
    "category": None,
    "reference": "5100123",
    "amount_gbp": 1450.0,
    "vat_gbp": None,
    "tag": "cctv",
    "tag_rule": "cctv-words",
    "tag_words": "CCTV",
    "supplier_borough": None,
    "file": "hackney-2024-05.csv",
    "line": 341,
    "release": "2024-10-01-3f9a1c2b",
}
KNOWN = {
    "payer_code": "E09000012",
    "payer": "Hackney council",
    "kind": "over_500",
    "months_expected": 3,
    "months_published": 2,
    "share_redacted": 0.04,
    "rows_refused": 1,
    "frequency": "monthly",
    "threshold": "£250",
    "is_gross": False,
    "is_verified": True,
}
GAP = {
    "payer_code": "E09000012",
    "payer": "Hackney council",
    "kind": "over_500",
    "from": "2024-06",
    "to": "2024-06",
    "status": "missing",
    "reason": "No file was loaded; the last is of 2024-05.",
}


class PaymentListing(Listing[Row], Generic[Row], frozen=True):
    """The answer to a question for payments: rows, or totals where `totals` was given.

    `withheld`: payments for domestic abuse are left out, and others to their suppliers; `withheld_reason` says so in words.
    """

    withheld: bool
    withheld_reason: str
    coverage: Sequence[PaymentCoverage]
    gaps: Sequence[PaymentGap]
