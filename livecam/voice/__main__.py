"""The audio process: no pictures, no logging. The main process talks to it by lines of text."""

import sys

from livecam.voice.process import run

if __name__ == "__main__":
    sys.exit(run(sys.stdin, sys.stdout))
