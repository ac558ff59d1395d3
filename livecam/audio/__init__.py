"""The voice's path: speech detection, conversion behind a guard, play-out; what is marked is sent."""
