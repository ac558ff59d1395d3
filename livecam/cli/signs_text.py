"""Signs as text for a terminal of 80 columns."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from livecam.verify.signs.findings import Findings, SignFinding
from livecam.verify.signs.words import (
    IN_THE_WILD,
    NOTE,
    describe_level,
    describe_ratio,
    describe_seen,
    summarise,
)

COLUMNS: Final = 80
_INDENT: Final = "  "


def signs_as_text(findings: Findings) -> str:
    """Return what the signs say, after the marks."""
    observation = findings.observation
    lines = ["signs", *wrap_lines(summarise(findings)), *wrap_lines(NOTE), *wrap_lines(IN_THE_WILD)]
    lines += [line for remark in observation.remarks for line in wrap_lines(f"note: {remark}")]
    for finding in findings.signs:
        if finding.typical is not None:
            lines += ["", *_sign(finding)]
    missing = [finding for finding in findings.signs if finding.typical is None]
    if missing and findings.measured:
        lines += ["", "not measured here"]
        lines += [line for finding in missing for line in wrap_lines(f"{finding.sign.title}: {finding.why_not}")]
    return "\n".join(lines)


def _sign(finding: SignFinding) -> Iterator[str]:
    yield from wrap(f"{finding.sign.title}: {describe_level(finding)}", COLUMNS, subsequent_indent=_INDENT)
    for text in (
        describe_seen(finding),
        describe_ratio(finding),
        f"can tell: {finding.sign.can}",
        f"cannot tell: {finding.sign.cannot}",
    ):
        yield from wrap_lines(text)


def wrap_lines(text: str) -> list[str]:
    """Return lines of at most 80 columns, slightly indented."""
    return wrap(text, COLUMNS, initial_indent=_INDENT, subsequent_indent=2 * _INDENT)
