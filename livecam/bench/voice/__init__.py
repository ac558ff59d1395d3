"""Measure the voice's cost, alone and next to the picture, and its promises."""
