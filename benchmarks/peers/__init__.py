"""Stand-ins for what other programs do per frame, on the same frames and in the same run as livecam."""
