"""Cameras for a machine without: Debian's kernel in QEMU, with v4l2loopback, vivid and this host's files.

    python -m tests.hardware.vm run -- COMMAND

Nothing is installed and no module is loaded on the host. Packages come from Debian through apt's own client into a
private cache folder; the guest sees the host's files read-only, under an overlay that is lost with it.
"""
