"""Settings, their profile, the folders of this installation, and what was measured on this machine."""
