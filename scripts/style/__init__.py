"""The parts of the style guide in CONTRIBUTING.md that a program can check."""
