"""A process that does what needs the heavy libraries, so that the server stays small; it ends when it is not needed."""
