"""The sources of each merged head: four or five generated adults.

They have the same kind of hair, skin and age.

They were chosen by eye from contact sheets of the upright portraits (turned less than 7 degrees). Left out were all
faces that look, or may look, younger than twenty; glasses, hats, hands, open mouths, and hair over the brows. The
first source of a cast gives the outline of its hair. `years` is the estimated age of the merged face.
"""

from dataclasses import dataclass
from typing import Final

FOLDER: Final = "train"
USUAL_SET: Final = "stylegan_youthradio"


@dataclass(frozen=True, slots=True)
class Cast:
    """The sources of one head.

    Attributes:
        name: Short key.
        sources: Names of source pictures, in the usual set unless they name theirs.
        years: Guessed age of the result.
        long_hair: Hair reaches below the jaw.
        beard: More than stubble.
    """

    name: str
    sources: tuple[str, ...]
    years: int = 30
    long_hair: bool = False
    beard: bool = False

    @property
    def woman(self) -> bool:
        """Whether it is a woman; keys of women begin with w."""
        return self.name.startswith("w")

    @property
    def files(self) -> list[str]:
        """Paths below the data folder."""
        return [f"{FOLDER}/{s if '/' in s else f'{USUAL_SET}/{s}'}.jpg" for s in self.sources]


def _cast(name: str, sources: str, years: int = 30, long_hair: bool = False, beard: bool = False) -> Cast:
    return Cast(name, tuple(sources.split()), years, long_hair, beard)


CASTS: Final = (
    _cast("wd1", "17 160 261 831 673"),
    _cast("wd2", "80 85 326 254", years=40, long_hair=True),
    _cast("wd3", "1114 313 227 235 38", long_hair=True),
    _cast("wd4", "21 491 95 956 938", long_hair=True),
    _cast("wd5", "119 254 871 302 164", years=45),
    _cast("wb1", "1055 550 557 766 764"),
    _cast("wb2", "1102 499 881 944 904"),
    _cast("wb3", "176 435 478 1038 298", long_hair=True),
    _cast("wb4", "390 389 1038 1075 951", long_hair=True),
    _cast("wb5", "609 598 520 623 964", years=35, long_hair=True),
    _cast("wb6", "441 726 699 555 701", long_hair=True),
    _cast("we1", "1081 150 152 237 245"),
    _cast("we2", "1066 122 30 634 1004", long_hair=True),
    _cast("we3", "512 639 274 194 791", long_hair=True),
    _cast("we4", "317 342 684 734 13", long_hair=True),
    _cast("we5", "981 471 681 821 622", years=50),
    _cast("we6", "223 270 808 1058 530", long_hair=True),
    _cast("ww1", "1047 1016 1020 859 867", long_hair=True),
    _cast("ww2", "773 795 907 993 756", long_hair=True),
    _cast("ww3", "1068 616 666 758 638", long_hair=True),
    _cast("ww4", "870 535 689 798 1073", long_hair=True),
    _cast("ww5", "1001 393 404 632 1048", years=35),
    _cast("ww6", "854 590 920 679 1111", years=50),
    _cast("ww7", "905 878 902 586 544", years=45, long_hair=True),
    _cast("ww8", "490 678 511 877 1096", long_hair=True),
    _cast("ww9", "1117 378 481 954 942"),
    _cast("ww10", "413 419 431 469 391", years=35, long_hair=True),
    _cast("md1", "1106 113 114 112 134"),
    _cast("md2", "148 153 191 207 214"),
    _cast("md3", "307 328 472 53 958"),
    _cast("md4", "551 568 69 79 985", years=35),
    _cast("md5", "1021 151 593 269 42"),
    _cast("md6", "1061 498 186 233", years=45, beard=True),
    _cast("mb1", "1000 423 429 610 698"),
    _cast("mb2", "125 133 285 292 836"),
    _cast("mb3", "1018 1030 1027 455 462", years=35, beard=True),
    _cast("mb4", "347 417 432 546", years=35, beard=True),
    _cast("mb5", "1077 1085 781 862 976", beard=True),
    _cast("mb6", "605 611 652 641 583"),
    _cast("mb7", "166 167 170 174 158", years=40),
    _cast("me1", "104 1052 266 278 1084"),
    _cast("me2", "315 325 542 591 695"),
    _cast("me3", "8 647 336 787"),
    _cast("me4", "470 56 841 446", years=50),
    _cast("me5", "864 865 892 850 812"),
    _cast("mw1", "383 1078 426 420 733"),
    _cast("mw2", "1014 529 918 826 883"),
    _cast("mw3", "444 473 508 664 672", years=35),
    _cast("mw4", "483 525 560 633", years=40),
    _cast("mw5", "379 406 829 738 767", years=50),
    _cast("mw6", "793 359 972 566", years=50, beard=True),
    _cast("ml1", "1024 1032 1071 1082 110"),
    _cast("ml3", "709 720 753 782"),
    _cast("ml4", "797 801 824 838 885"),
    _cast("ml5", "948 949 957 988 992"),
    _cast("ml6", "1045 1104 1035 398 377"),
    _cast("mo1", "829 stylegan2_realorfake/fake_149 stylegan2_realorfake/fake_5 738", years=60),
    _cast("mo2", "stylegan2_realorfake/fake_116 972 793 stylegan2_realorfake/fake_149 767", years=60, beard=True),
    _cast("wo1", "380 655 stylegan2_realorfake/fake_128 854 679", years=55, long_hair=True),
    _cast("wo2", "402 722 254 302", years=35),
)
