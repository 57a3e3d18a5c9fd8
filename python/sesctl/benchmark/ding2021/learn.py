"""One network trained on one set and judged on days that it did not learn from, band power beside it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sesctl import registry
from sesctl.benchmark.ding2021.data import ImageSet
from sesctl.benchmark.ding2021.scale import ImageScale
from sesctl.errors import ParameterError
from sesctl.evaluate.classification import judge_images, operating_curve
from sesctl.pairing import fit_band_power, two_labels

if TYPE_CHECKING:
    from sesctl.plugin.keras import ImageDetector


def find_network(name: str, numbers: Mapping[str, int], device: str | None) -> "ImageDetector":
    """Return an untrained network.

    Raises
    ------
    ParameterError
        If the detector is no network that looks at images.
    """
    make: Any = registry.find(name).make
    detector = make(dict(numbers))
    from sesctl.plugin.keras import ImageDetector

    if not isinstance(detector, ImageDetector):
        msg = f"detector {name} looks at no images"
        raise ParameterError(msg, "Name vgg or vgg16.")
    if device is not None:
        detector.use_device(device)
    return detector


def learn(
    network: str,
    data: ImageSet,
    scale: ImageScale,
    *,
    batch: int,
    seed: int,
    device: str | None,
    checkpoint: Path | None = None,
) -> dict[str, Any]:
    """Train and judge a network.

    Parameters
    ----------
    network : str
        Name of its detector.
    data : ImageSet
        The images.
    scale : ImageScale
        Epochs and architecture.
    batch, seed : int
        Images a step, and the seed of weights and order.
    device : str or None
        Where to compute.
    checkpoint : Path, optional
        File from which training goes on, and to which it is written now and then.

    Returns
    -------
    dict
        The history; accuracy after the shown epochs; judgement and curve of the epoch that validation chose,
        and the judgement of those days alone that have one label; weights of the network; images and days
        left out, and how many of the test have two labels.

    Raises
    ------
    SesctlError
        If training fails, or the checkpoint is of another run.
    """
    from sesctl.plugin.keras import ImageLessons

    detector = find_network(network, scale.networks[network], device)
    labels, split = data.labels, data.split
    lessons = ImageLessons(
        decibels=data.images.decibels,
        positive=labels.before,
        training=split.training,
        validation=split.validation,
        test=split.test,
        group=labels.event,
        parameters=data.images.parameters,
    )
    parameters = replace(
        detector.recipe,
        epochs=scale.epochs,
        batch=min(batch, len(split.training)),
        learning_rate=scale.learning_rates.get(network, detector.recipe.learning_rate),
        seed=seed,
    )
    result = detector.train(lessons, parameters, checkpoint=checkpoint)
    test = split.test
    probability = detector.classify(data.images.decibels[test])
    clear = ~two_labels(labels)[test]
    shown = {}
    for epoch in scale.shown_epochs:
        figures = result.history[min(epoch, len(result.history)) - 1]
        shown[str(epoch)] = {
            name: round(float(figures[name]), 4)
            for name in ("loss", "accuracy", "test_loss", "test_accuracy", "wall_s")
        }
    return {
        "weights": int(detector.network.count_params()),
        "training": asdict(replace(parameters, seconds=0.0)) | {"seconds": None},
        "images": {
            "training": len(split.training),
            "validation": len(split.validation),
            "test": len(split.test),
            "two_labels": int((~clear).sum()),
            "ambiguous": split.ambiguous,
            "dropped": data.dropped,
        },
        "shown_epochs": shown,
        "best_epoch": result.best,
        "judgement": _judged(probability, data, test, scale, seed),
        "one_label": _judged(probability[clear], data, test[clear], scale, seed),
        "curve": asdict(operating_curve(probability, labels.before[test])),
        "history": {
            name: [round(float(each[name]), 5) for each in result.history] for name in result.history[0]
        },
    }


def bar(data: ImageSet, scale: ImageScale, seed: int) -> dict[str, Any]:
    """Return the judgement of a logistic regression on band power, of the same days divided alike."""
    labels, split = data.labels, data.split
    learnt = np.concatenate([split.training, split.validation])
    model = fit_band_power(data.features[learnt], labels.before[learnt])
    return _judged(model.probability(data.features[split.test]), data, split.test, scale, seed)


def _judged(
    probability: npt.NDArray[np.floating],
    data: ImageSet,
    rows: npt.NDArray[np.int64],
    scale: ImageScale,
    seed: int,
) -> dict[str, Any]:
    """Return what `judge_images` says of some images of a set."""
    before, event = data.labels.before[rows], data.labels.event[rows]
    judged = judge_images(probability, before, event, replicates=scale.replicates, seed=seed)
    return {**asdict(judged), "at_chance": judged.at_chance}
