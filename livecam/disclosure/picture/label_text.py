"""What plate and cards say, by language. "AI" stays in each.

The sign is known by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["de", "en", "es", "fr", "it", "nl", "pl", "pt"]


@dataclass(frozen=True, slots=True)
class LabelText:
    """The words of a language.

    Attributes:
        plate: Capitals, "AI" first.
        opening: Title and line of the card a run begins with.
        standby: Title and line of the card while there is no picture.
    """

    plate: str
    opening: tuple[str, str]
    standby: tuple[str, str]


WORDS: Final[Mapping[Language, LabelText]] = {
    "en": LabelText(
        "AI MODIFIED",
        ("AI-modified picture", "The face in it is altered by livecam"),
        ("Standby", "The picture comes back as soon as it can"),
    ),
    "de": LabelText(
        "AI VERÄNDERT",
        ("Mit AI verändertes Bild", "Das Gesicht darin ist von livecam verändert"),
        ("Einen Moment", "Das Bild kommt zurück, sobald es geht"),
    ),
    "es": LabelText(
        "AI MODIFICADO",
        ("Imagen modificada con AI", "livecam ha alterado el rostro"),
        ("Un momento", "La imagen volverá en cuanto sea posible"),
    ),
    "fr": LabelText(
        "AI MODIFIÉ",
        ("Image modifiée par AI", "livecam y a modifié le visage"),
        ("Un instant", "L'image revient dès que possible"),
    ),
    "it": LabelText(
        "AI MODIFICATO",
        ("Immagine modificata con AI", "livecam ha alterato il volto"),
        ("Un momento", "L'immagine torna appena possibile"),
    ),
    "nl": LabelText(
        "AI BEWERKT",
        ("Met AI bewerkt beeld", "livecam heeft het gezicht veranderd"),
        ("Een ogenblik", "Het beeld komt zo snel mogelijk terug"),
    ),
    "pl": LabelText(
        "AI ZMIENIONE",
        ("Obraz zmieniony przez AI", "livecam zmienił twarz"),
        ("Chwileczkę", "Obraz wróci, gdy tylko będzie to możliwe"),
    ),
    "pt": LabelText(
        "AI MODIFICADO",
        ("Imagem modificada com AI", "O livecam alterou o rosto"),
        ("Um momento", "A imagem volta assim que possível"),
    ),
}
