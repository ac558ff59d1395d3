"""Everything that makes output say that it is altered; the only owner of `livecam.core.seal`."""
