"""The live session: a child process of its own, which takes orders and says figures as lines of text."""
