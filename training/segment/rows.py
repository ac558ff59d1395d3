"""How labelled heads are kept in WORK/heads.npz.

Size of the squares, and which clips are never trained on.
"""

LABEL_PX = 192
LABEL_HEIGHTS = 3.2
"""Side of a labelled square in face heights: more than the network sees, so that it can be shaken within it."""
HELDOUT_CLIPS = ("eat", "milk", "thanks")
TURNED_SOURCE = "turned_photo"
"""Where a row is a photo turned to the side: it has no room and no body of its own."""
