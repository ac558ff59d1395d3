"""Whether a record that reads well was signed on this install."""

from livecam.consent.signing import InstallKey
from livecam.core.errors import ConsentError


def check_standing(name: str, signed_by: str | None, key: InstallKey, answer_again: str) -> None:
    """Refuse a record that nobody or somebody else signed.

    Args:
        name: Whose record it is.
        signed_by: The public key whose signature it carries; None: none.
        key: This install's.
        answer_again: The command that asks anew.

    Raises:
        ConsentError: It is not signed, or by another key.
    """
    if signed_by is None:
        raise ConsentError(
            f"the consent for {name} was kept by an earlier version, which did not sign it: it is asked for once more",
            hint=answer_again,
        )
    if signed_by != key.public:
        raise ConsentError(
            f"the consent for {name} was signed on another computer, or this one has lost its key",
            hint=answer_again,
        )
