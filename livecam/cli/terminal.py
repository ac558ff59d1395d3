"""The terminal's prompter and progress, which commands of other packages use too."""

from livecam.console.terminal import TerminalProgress, TerminalPrompter, at_terminal

__all__ = ["TerminalProgress", "TerminalPrompter", "at_terminal"]
