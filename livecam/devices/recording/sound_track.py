"""Encode the sound of a video that is being written.

It is one channel of AAC, each sample at the time it was spoken.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as NothingMore
from av.filter import Graph
from av.packet import Packet
from numpy.typing import NDArray

RATE_HZ: Final = 48_000
BITS_PER_S: Final = 96_000
_TIME_BASE: Final = Fraction(1, RATE_HZ)
_FRAME: Final = 1024
# Clocks that disagree are followed by up to half a percent of speed; a gap becomes silence, what is there twice goes.
# The encoder begins a frame before what it is given: that is where the file begins.
_IN_TIME: Final = f"async={RATE_HZ // 200}:min_comp=0.002:min_hard_comp=0.04:first_pts={_FRAME}:out_sample_fmt=fltp"


class RecordedSound:
    """Aligns sound to its times, and encodes it.

    It returns every packet as soon as it is made.
    """

    def __init__(self, stream: AudioStream) -> None:
        """Use an AAC `stream` of the container that takes the packets."""
        context = stream.codec_context
        context.sample_rate, context.layout, context.format = RATE_HZ, "mono", "fltp"
        context.bit_rate, context.time_base = BITS_PER_S, _TIME_BASE
        self._stream, self._graph = stream, Graph()
        self._into = self._graph.add_abuffer(sample_rate=RATE_HZ, format="flt", layout="mono", time_base=_TIME_BASE)
        in_time = self._graph.add("aresample", _IN_TIME)
        whole, self._out_of = self._graph.add("asetnsamples", f"n={_FRAME}:p=0"), self._graph.add("abuffersink")
        for before, after in ((self._into, in_time), (in_time, whole), (whole, self._out_of)):
            before.link_to(after)
        self._graph.configure()
        self.until = 0

    def add(self, samples: NDArray[np.float32], at: int) -> Iterator["Packet[AudioStream]"]:
        """Encode samples (n,), the first spoken `at` samples after the beginning.

        What was spoken earlier is left out.
        """
        samples, at = samples[max(0, -at) :], max(0, at)
        if not len(samples):
            return iter(())
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at, _TIME_BASE
        self.until = at + len(samples)
        self._into.push(frame)
        return self._encoded()

    def add_silence(self, until: int) -> Iterator["Packet[AudioStream]"]:
        """Encode silence up to a sample, so that pictures need not wait."""
        return self.add(np.zeros(max(0, until - self.until), np.float32), self.until)

    def finish(self) -> Iterator["Packet[AudioStream]"]:
        """Yield the encoder's remaining packets."""
        self._into.push(None)
        yield from self._encoded()
        yield from self._stream.encode(None)

    def _encoded(self) -> Iterator["Packet[AudioStream]"]:
        for frame in self._ready():
            yield from self._stream.encode(frame)

    def _ready(self) -> Iterable[AudioFrame]:
        while True:
            try:
                frame = self._out_of.pull()
            except (NothingYet, NothingMore):
                return
            assert isinstance(frame, AudioFrame)
            yield frame
