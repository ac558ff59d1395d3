"""The control room: a documented HTTP API and the page that uses it, for this computer alone."""
