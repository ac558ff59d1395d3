"""The spoken notice and the mark in the sound."""
