"""The base of detectors that are Keras networks and look at images: a window in, a class out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError
from sesctl.plugin.keras.architecture import Config
from sesctl.plugin.keras.device import on_device
from sesctl.plugin.keras.image_lessons import ImageLessons, ImageTrainingParameters, embedded_lessons
from sesctl.plugin.keras.image_training import ImageTrainingResult, train_images
from sesctl.plugin.keras.image_windows import LONGEST_GAP_S, bridged_windows, window_bounds
from sesctl.plugin.keras.loop import warned
from sesctl.plugin.keras.network import NetworkDetector
from sesctl.plugin.keras.validation import batches
from sesctl.plugin.keras.variables import values_of
from sesctl.plugin.propose import propose_windows
from sesctl.spectrogram import fit_scale, image_decibels, paint
from sesctl.types import Candidate, Days, DecibelScale, Scores, SpectrogramParameters

Probabilities = npt.NDArray[np.float32]


class ImageDetector(NetworkDetector):
    """A network that tells images of spectrograms apart, window by window.

    A window is a day long. The spectrogram of each becomes an image on the scale, in dB, that was fitted to
    the training images, and the score is the probability of the class that is sought. `config` says how many
    windows begin in a day: with 1 they are the days proper, with 4 one begins every 6 h. Windows whose scores
    exceed half the threshold are merged where they overlap.

    Parameters
    ----------
    config : mapping of str to int, optional
        Numbers of the architecture that differ from `defaults`; ``height``, ``width`` and ``channels`` (1 or
        3) of an image and ``windows`` a day are among them.
    seed : int
        Of the initial weights.

    Attributes
    ----------
    spectrogram : SpectrogramParameters
        How images are made.
    scale : DecibelScale
        What is drawn darkest and brightest.
    quantity : str
        Of the channels it learnt from, and judges.
    recipe : ImageTrainingParameters
        What training is set to where nothing else is asked for.
    """

    recipe: ClassVar[ImageTrainingParameters] = ImageTrainingParameters()
    threshold = 0.5
    samples = 1440
    batch = 32

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        super().__init__(config, seed)
        self.spectrogram = self._spectrogram_of(self.config)
        self.scale = DecibelScale(low=-20.0, high=60.0)
        self.quantity = "electric"

    def score(self, days: Days) -> Scores:
        """Return the probability of the class that is sought, window by window.

        Returns
        -------
        Scores
            float32 (day, channel, window) in 0..1; NaN where a window has a gap longer than 5 min.

        Raises
        ------
        ShapeError
            If a day has another number of samples than the images are made of.
        """
        bounds = window_bounds(days, self.samples, self.config["windows"])
        rows = np.stack([days.values[:, :, first:end] for first, end in bounds.tolist()], axis=2)
        shape = rows.shape[:3]
        whole = bridged_windows(rows.reshape(-1, self.samples), days.interval)
        judged = np.flatnonzero(~np.isnan(whole).any(axis=1))
        values = np.full(len(whole), np.nan, dtype=np.float32)
        if judged.size:
            values[judged] = self.classify(image_decibels(whole[judged], self.spectrogram))
        return Scores(values=values.reshape(shape), kind="window", bounds=bounds)

    def propose(self, scores: Scores, days: Days) -> list[Candidate]:
        """Propose merged windows, channel by channel; a window of a day has no amplitude, which is NaN."""
        found: list[Candidate] = []
        for number, channel in enumerate(days.station.channels):
            alone = replace(scores, values=scores.values[:, number : number + 1])
            found += [
                replace(each, amplitudes={channel.name: float("nan")})
                for each in propose_windows(alone, days, self.threshold)
            ]
        return found

    def not_judged(self, days: Days) -> Mapping[int, str]:
        """Name the days all of whose windows have long gaps."""
        gaps = np.ones(len(days), dtype=np.bool_)
        for first, end in window_bounds(days, self.samples, self.config["windows"]).tolist():
            rows = bridged_windows(days.values[:, :, first:end].reshape(-1, self.samples), days.interval)
            broken = np.asarray(np.isnan(rows).any(axis=1)).reshape(days.values.shape[:2])
            gaps &= broken.all(axis=1)
        held = days.live_samples() > 0
        reason = f"every window has a gap of more than {LONGEST_GAP_S / 60:g} min"
        return {int(day): reason for day in np.flatnonzero(gaps & held)}

    def classify(self, decibels: npt.NDArray[np.float32]) -> Probabilities:
        """Return the probability that each spectrogram is of the class that is sought.

        Parameters
        ----------
        decibels : ndarray of float32, shape (image, height, width)
            Power in dB at the size of an image (see `sesctl.spectrogram.image_decibels`).

        Returns
        -------
        ndarray of float32, shape (image,)
            0..1.
        """
        found = np.empty(len(decibels), dtype=np.float32)
        self._engine = self._engine or self._made_engine()
        # Batches of one size: the network is compiled once, and an image's result depends on itself alone.
        for which in batches(len(decibels), self.batch):
            pixels = paint(decibels[which], self.scale, self.spectrogram)
            found[which] = self.finite(self._engine(pixels.astype(np.float32) / np.float32(255)))[:, 1]
        return found

    def fit(self, training: Days, validation: Days, progress: Callable[[int, int], None]) -> None:
        """Learn to tell days with a signal from the same days without.

        Parameters
        ----------
        training, validation : Days
            `EmbeddedDays`; the epoch is chosen on `validation`.
        progress : callable
            Is told the steps done and their number.
        """
        self.train(self.lessons(training, validation), self.recipe, progress=progress)

    def lessons(self, training: Days, validation: Days) -> ImageLessons:
        """Return images of days with a signal and of the same days without, those with gaps left out.

        Raises
        ------
        ParameterError
            If no signals were embedded, or every day of a block has a long gap.
        """
        return embedded_lessons(training, validation, self.spectrogram, self.samples)

    def train(
        self,
        lessons: ImageLessons,
        parameters: ImageTrainingParameters,
        *,
        checkpoint: Path | None = None,
        keep_scale: bool = False,
        progress: Callable[[int, int], None] = lambda done, total: None,
        after_epoch: Callable[[Mapping[str, float]], None] = lambda figures: None,
        note: Callable[[str], None] = warned,
    ) -> ImageTrainingResult:
        """Train the network, from where it stands.

        Parameters
        ----------
        lessons : ImageLessons
            The images, at the size that the network takes.
        parameters : ImageTrainingParameters
            What training is set to; its seed gives the initial weights, unless there are some already.
        checkpoint : Path, optional
            File from which training goes on, and to which it is written now and then.
        keep_scale : bool
            Keep the scale, as fine-tuning does; else it is fitted to the images that are learnt from.
        progress, after_epoch, note : callable
            Told of steps, epochs and makeshifts (see `sesctl.plugin.keras.train_images`).

        Returns
        -------
        ImageTrainingResult
            The network has the best epoch's weights.

        Raises
        ------
        ShapeError
            If images are of another size or colour than the network takes.
        ParameterError
            If the scale is kept, and the images were made otherwise than those it was fitted to.
        """
        taken = tuple(self.config[name] for name in ("height", "width", "channels"))
        given = (lessons.parameters.height, lessons.parameters.width, lessons.parameters.channels)
        if given != taken:
            msg = f"{self.name} takes images of {taken}, not of {given} (height, width, channels)"
            raise ShapeError(msg, "Make images of its size, or give the network their size.")
        if keep_scale and lessons.parameters != self.spectrogram:
            learnt, shown = asdict(self.spectrogram), asdict(lessons.parameters)
            name = next(each for each in learnt if learnt[each] != shown[each])
            msg = f"{self.name} has learnt from images with {name} {learnt[name]}, not {shown[name]}"
            raise ParameterError(msg, "Make images as before, or train without --from.")
        scale = self.scale if keep_scale else fit_scale(lessons.decibels[lessons.training])
        pixels = paint(lessons.decibels, scale, lessons.parameters)
        with on_device(self.device):
            weights: list[Any] = []
            if self._network is None and self._stored is None:
                self.seed = parameters.seed
            else:
                weights = values_of(self.network.weights)
            network = self._built(parameters.precision, parameters.cudnn)
            if weights:
                network.set_weights(weights)
            result = train_images(
                network,
                pixels,
                lessons,
                parameters,
                checkpoint=checkpoint,
                progress=progress,
                after_epoch=after_epoch,
                note=note,
            )
            trained = self._built("float32")
            trained.set_weights(values_of(network.weights))
        self._network, self._stored, self._engine = trained, None, None
        self.scale, self.spectrogram = scale, lessons.parameters
        seconds = parameters.seconds if np.isfinite(parameters.seconds) else None
        self.about = {
            "training": {**asdict(parameters), "seconds": seconds},
            "history": [dict(epoch) for epoch in result.history],
            "best_epoch": result.best,
        }
        return result

    def _spectrogram_of(self, config: Config) -> SpectrogramParameters:
        if config["channels"] not in (1, 3):
            msg = f"{self.name}: channels is {config['channels']}, and images have 1 or 3"
            raise ParameterError(msg)
        colours: Literal["grey", "magma"] = "grey" if config["channels"] == 1 else "magma"
        return SpectrogramParameters(height=config["height"], width=config["width"], colours=colours)

    def _settings(self) -> dict[str, Any]:
        return {
            "spectrogram": asdict(self.spectrogram),
            "scale": asdict(self.scale),
            "quantity": self.quantity,
        }

    def _read_settings(self, about: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "spectrogram": SpectrogramParameters(**about["spectrogram"]),
            "scale": DecibelScale(**about["scale"]),
            "quantity": str(about["quantity"]),
        }

    def _shapes(self, config: Config) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return (config["height"], config["width"], config["channels"]), (2,)
