"""Consent records: the right to use faces and voices."""
