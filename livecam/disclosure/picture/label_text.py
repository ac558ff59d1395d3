"""The words of plate and cards, by label and language.

"AI" stays in each, as people recognise the label by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from livecam.core.label import Label

Language = Literal["de", "en", "es", "fr", "it", "nl", "pl", "pt"]
AI: Final = "AI"
"""The main element of every label, in every language."""


@dataclass(frozen=True, slots=True)
class LabelText:
    """The words of a label in a language.

    Attributes:
        plate: Capitals, "AI" first.
        opening: Title and line of the card a run begins with.
        standby: Title and line of the card while there is no picture.
    """

    plate: str
    opening: tuple[str, str]
    standby: tuple[str, str]


def words_of(label: Label, language: Language) -> LabelText:
    """Return the words that people read."""
    return LabelText(*_TITLES[label][language], _STANDBY[language])


def all_plates() -> Mapping[str, Label]:
    """Return every plate's text, in every language, with its label."""
    return {plate: label for label, texts in _TITLES.items() for plate, _ in texts.values()}


_MODIFIED: Final[Mapping[Language, tuple[str, tuple[str, str]]]] = {
    "en": ("AI MODIFIED", ("AI-modified picture", "The face in it is altered by livecam")),
    "de": ("AI VERÄNDERT", ("Mit AI verändertes Bild", "Das Gesicht darin ist von livecam verändert")),
    "es": ("AI MODIFICADO", ("Imagen modificada con AI", "livecam ha alterado el rostro")),
    "fr": ("AI MODIFIÉ", ("Image modifiée par AI", "livecam y a modifié le visage")),
    "it": ("AI MODIFICATO", ("Immagine modificata con AI", "livecam ha alterato il volto")),
    "nl": ("AI BEWERKT", ("Met AI bewerkt beeld", "livecam heeft het gezicht veranderd")),
    "pl": ("AI ZMIENIONE", ("Obraz zmieniony przez AI", "livecam zmienił twarz")),
    "pt": ("AI MODIFICADO", ("Imagem modificada com AI", "O livecam alterou o rosto")),
}
_GENERATED: Final[Mapping[Language, tuple[str, tuple[str, str]]]] = {
    "en": ("AI GENERATED", ("AI-generated picture", "All of it is drawn by livecam, the person is not filmed")),
    "de": ("AI GENERIERT", ("Mit AI erzeugtes Bild", "livecam zeichnet es ganz, niemand wird gefilmt")),
    "es": ("AI GENERADO", ("Imagen generada con AI", "livecam la dibuja por completo, no es una filmación")),
    "fr": ("AI GÉNÉRÉ", ("Image générée par AI", "livecam la dessine entièrement, rien n'est filmé")),
    "it": ("AI GENERATO", ("Immagine generata con AI", "livecam la disegna per intero, non è una ripresa")),
    "nl": ("AI GEGENEREERD", ("Met AI gemaakt beeld", "livecam tekent het helemaal, niets is gefilmd")),
    "pl": ("AI WYGENEROWANE", ("Obraz wygenerowany przez AI", "livecam rysuje go w całości, nie jest filmem")),
    "pt": ("AI GERADO", ("Imagem gerada com AI", "O livecam desenha-a por inteiro, não é filmada")),
}
_TITLES: Final = {Label.MODIFIED: _MODIFIED, Label.GENERATED: _GENERATED}
_STANDBY: Final[Mapping[Language, tuple[str, str]]] = {
    "en": ("Standby", "The picture comes back as soon as it can"),
    "de": ("Einen Moment", "Das Bild kommt zurück, sobald es geht"),
    "es": ("Un momento", "La imagen volverá en cuanto sea posible"),
    "fr": ("Un instant", "L'image revient dès que possible"),
    "it": ("Un momento", "L'immagine torna appena possibile"),
    "nl": ("Een ogenblik", "Het beeld komt zo snel mogelijk terug"),
    "pl": ("Chwileczkę", "Obraz wróci, gdy tylko będzie to możliwe"),
    "pt": ("Um momento", "A imagem volta assim que possível"),
}
WORDS: Final[Mapping[Language, LabelText]] = {language: words_of(Label.MODIFIED, language) for language in _MODIFIED}
"""The words of AI MODIFIED."""
