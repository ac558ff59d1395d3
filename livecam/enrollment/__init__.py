"""A person in front of camera and microphone: liveness, spoken phrase, the same face and voice."""
