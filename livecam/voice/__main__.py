"""The audio process: no pictures, no logging. The main process talks to it by lines of text."""

import sys

from livecam.core.priority import work_first
from livecam.supervisor import leave
from livecam.voice.process import run

if __name__ == "__main__":
    sys.exit(leave(run(sys.stdin, sys.stdout, rise=work_first)))
