"""How well the signs of `livecam verify --signs` do on clips of known origin."""
