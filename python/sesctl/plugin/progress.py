"""What a detector that learns is given to say how far it is."""

from collections.abc import Callable, Mapping


class Progress:
    """Called with the steps done and their number; `epoch` takes the figures of an epoch.

    Parameters
    ----------
    steps : callable
        Is told the steps done and their number.
    epoch : callable
        Is given the figures of an epoch by name.

    Examples
    --------
    >>> class Patient:
    ...     def fit(self, training, validation, progress):
    ...         for number in range(3):
    ...             progress(number + 1, 3)
    ...             progress.epoch(loss=1 / (number + 1), validation_success=0.5)
    """

    def __init__(
        self,
        steps: Callable[[int, int], None] = lambda done, total: None,
        epoch: Callable[[Mapping[str, float]], None] = lambda figures: None,
    ) -> None:
        self._steps, self._epoch = steps, epoch

    def __call__(self, done: int, total: int) -> None:
        """Say how many steps are done, of how many."""
        self._steps(done, total)

    def epoch(self, **figures: float) -> None:
        """Say what an epoch came to; the figures are shown while training, and drawn afterwards.

        Those named ``loss``, ``validation_loss``, ``validation_success`` (0..1), ``validation_rmspe`` (%)
        and ``onset_bias_s`` (s) are drawn together; others each by itself.
        """
        self._epoch(figures)
