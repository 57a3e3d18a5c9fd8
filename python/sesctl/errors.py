"""The errors sesctl expects: one sentence that names what is wrong and where, and the next step.

Anything else that escapes is a bug and keeps its traceback.
"""


class SesctlError(Exception):
    """An error with a known cause.

    Parameters
    ----------
    message : str
        What is wrong, and where, in one sentence.
    hint : str, optional
        What to do next, in one sentence.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type["SesctlError"], tuple[str, str]]:
        """Keep the hint when the error crosses a process boundary."""
        return type(self), (self.message, self.hint)


class ParameterError(SesctlError, ValueError):
    """A parameter lies outside the range where its method is defined."""


class ShapeError(SesctlError, ValueError):
    """Two arrays, or an array and its description, disagree in shape or type."""


class ReadError(SesctlError):
    """A file cannot be read as what it is said to be."""


class StationError(SesctlError):
    """A station file, or a channel of a station, is missing or wrong."""


class ArchiveError(SesctlError):
    """An archive is missing, incomplete, or would be damaged by what was asked."""


class PluginError(SesctlError):
    """A detector plugin is unknown, broken, or breaks its contract."""


class OutputError(SesctlError):
    """A result cannot be written."""
