"""Judge the subject of a commit: imperative, short, one topic."""

from scripts.style.imperative import is_imperative

LONGEST = 60
"""Characters of a subject."""

_BY_GIT = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")
_SAYS_NOTHING = frozenset(("Shorten", "Update", "Fix", "Change", "Improve", "Lines"))


def judge_message(message: str) -> list[str]:
    """Return what is wrong with a commit message; nothing where it is good or Git wrote its subject."""
    lines = [
        line for line in message.split("\n# ------------------------ >8", 1)[0].splitlines() if not line.startswith("#")
    ]
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        return ["it is empty"]
    subject = lines[0].rstrip()
    if subject.startswith(_BY_GIT):
        return []
    reasons = list(_judge_subject(subject))
    if len(lines) > 1 and lines[1].strip():
        reasons.append("the second line is empty, the body begins on the third")
    return reasons


def _judge_subject(subject: str) -> list[str]:
    reasons = []
    if len(subject) > LONGEST:
        reasons.append(f"the subject has {len(subject)} characters, at most {LONGEST}")
    if subject.endswith("."):
        reasons.append("the subject ends without a full stop")
    if not subject[0].isupper():
        reasons.append("the subject begins with a capital")
    if not is_imperative(subject):
        reasons.append(f'the subject begins with an imperative ("Add", "Move"), not "{subject.split()[0]}"')
    if subject in _SAYS_NOTHING:
        reasons.append("the subject says what was done to what")
    return reasons
