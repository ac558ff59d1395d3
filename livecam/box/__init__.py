"""A child process that decodes what strangers made: without files, network or much memory of its own."""
