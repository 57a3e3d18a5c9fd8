"""Readers of another package: one that works, and one that fails half-way."""

import numpy as np

from sesctl.plugin import Annotation, Dipole, Piece, ReaderInfo


def read(path, request):
    table = np.loadtxt(path, comments="%", ndmin=2)
    times = np.rint(table[:, 0] * 1e6).astype(np.int64)
    yield Piece(columns=("E1",), times=times, values=np.ascontiguousarray(table[:, 1:2].T))
    yield Annotation(start=int(times[0]), end=int(times[-1]) + 1, text="battery low", channels=("E1",))


def fail(path, request):
    print("reading")
    yield Piece(columns=("E1",), times=np.zeros(1, dtype=np.int64), values=np.zeros((1, 1)))
    raise KeyError("half-way")


MYLOGGER = ReaderInfo(
    name="mylogger",
    summary="My logger's text files",
    recognises=lambda path, head: head.startswith(b"% mylogger"),
    read=read,
    channel=lambda column: Dipole(name=column),
)
FAILS = ReaderInfo(
    name="fails",
    summary="Fails half-way",
    recognises=lambda path, head: False,
    read=fail,
    channel=lambda column: Dipole(name=column),
)
