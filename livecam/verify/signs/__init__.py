"""Signs that a picture of a face was altered, for clips that carry no mark."""
