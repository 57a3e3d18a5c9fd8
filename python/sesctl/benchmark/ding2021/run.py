"""The study, part by part: each leaves one file, and a rerun takes up where the last one stopped."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from sesctl.benchmark.ding2021.data import Protocol, Truth, image_set
from sesctl.benchmark.ding2021.learn import bar, learn
from sesctl.benchmark.ding2021.scale import FIRST_SEED, LABELS, PROTOCOLS, ImageScale
from sesctl.benchmark.result_file import read_result, write_result
from sesctl.errors import ParameterError
from sesctl.synth.aeta_network import STRENGTH

STUDY = "ding2021"
EXPERIMENTS = ("batches", "chance", "strengths", "chirp")
DECISIVE = ("name", "events", "stations", "epochs", "shown_epochs", "replicates")
"""What of a scale decides the results of each of its parts."""


@dataclass(frozen=True, kw_only=True)
class ImagePart:
    """One training and what it came to.

    Parameters
    ----------
    experiment : str
        One of `EXPERIMENTS`.
    network : str
        ``vgg`` or ``vgg16``.
    protocol : {"paper", "honest"}
        How training and test are kept apart.
    batch : int
        Images a step.
    truth : {"true", "permuted", "null"}
        What the labels mean.
    times : float
        Strength of the disturbance in multiples of the fixed one.
    seed : int
        Of set, split and training.
    chirp : bool
        Whether the spectrograms' windows follow a changing frequency.
    """

    experiment: str
    network: str
    protocol: Protocol
    batch: int
    truth: Truth = "true"
    times: float = 1.0
    seed: int = FIRST_SEED
    chirp: bool = True

    @property
    def name(self) -> str:
        """Stem of its file."""
        rest = {
            "batches": f"{self.batch}",
            "chance": self.truth,
            "strengths": f"{self.times:g}-{self.seed}",
            "chirp": "chirp" if self.chirp else "ordinary",
        }[self.experiment]
        return f"{self.experiment}-{self.protocol}-{self.network}-{rest}"

    def same_training(self) -> "list[ImagePart]":
        """Return this part as others of the study may have it, who train the same network on the same."""
        return [replace(self, experiment=each) for each in EXPERIMENTS if each != self.experiment]


def parts_of(
    scale: ImageScale, protocols: Sequence[Protocol], experiments: Sequence[str] = EXPERIMENTS
) -> list[ImagePart]:
    """Return the parts of the study, those of the smallest batch first.

    ``batches`` has every network and batch size; the others have the first network and batch size: ``chance``
    exchanged labels and a set without a disturbance; ``strengths``, of protocol ``honest``, the disturbance
    weaker and stronger, with several seeds; ``chirp``, of ``honest`` too, ordinary spectrograms beside those
    with chirped windows.

    Raises
    ------
    ParameterError
        If a part is unknown.
    """
    for name in experiments:
        if name not in EXPERIMENTS:
            msg = f"the study has no part {name!r}"
            raise ParameterError(msg, f"It has {', '.join(EXPERIMENTS)}.")
    first, batch = next(iter(scale.networks)), scale.batches[0]
    parts: list[ImagePart] = [
        ImagePart(experiment="batches", network=network, protocol=protocol, batch=size)
        for size in scale.batches
        for protocol in protocols
        for network in scale.networks
    ]
    truths: tuple[Truth, ...] = ("permuted", "null")
    parts += [
        ImagePart(experiment="chance", network=first, protocol=protocol, batch=batch, truth=truth)
        for truth in truths
        for protocol in protocols
    ]
    if "honest" in protocols:
        parts += [
            ImagePart(experiment="chirp", network=first, protocol="honest", batch=batch, chirp=chirp)
            for chirp in (True, False)
        ]
        parts += [
            ImagePart(
                experiment="strengths",
                network=first,
                protocol="honest",
                batch=batch,
                times=times,
                seed=FIRST_SEED + number,
            )
            for number in range(scale.seeds)
            for times in scale.strengths
        ]
    return [part for part in parts if part.experiment in experiments]


def run_part(part: ImagePart, scale: ImageScale, folder: Path, device: str | None = None) -> bool:
    """Run a part and write its file, unless the file of the same part with the same parameters is there.

    A part that was cut off goes on from its checkpoint, a hidden file beside its own.

    Of a part that has trained the same network on the same images, the results are taken over.

    Returns
    -------
    bool
        Whether a network was trained.

    Raises
    ------
    SesctlError
        If training fails, or a file can be neither read nor written.
    """
    parameters = _parameters(part, scale)
    path = folder / f"{part.name}.json"
    run = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:12]
    checkpoint = path.with_name(f".{part.name}-{run}.checkpoint.safetensors")
    if _there(part, parameters, folder) is not None:
        checkpoint.unlink(missing_ok=True)
        return False
    told = {
        "study": STUDY,
        "part": part.experiment,
        "protocol": part.protocol,
        "protocol_label": LABELS[part.protocol],
        "detector": part.network,
        "parameters": parameters,
    }
    for other in part.same_training():
        there = _there(other, _parameters(other, scale), folder)
        if there is not None:
            taken = {"results": there["results"], "taken_from": other.name, "data_s": 0.0, "wall_s": 0.0}
            write_result(path, {**told, **taken})
            return False
    write_result(path, {**told, **_trained(part, scale, checkpoint, device)})
    checkpoint.unlink()
    return True


def _trained(part: ImagePart, scale: ImageScale, checkpoint: Path, device: str | None) -> dict[str, Any]:
    """Return the results of a part, and the time that it took in all its sittings."""
    clock = time.perf_counter()
    data = image_set(
        scale,
        part.protocol,
        truth=part.truth,
        strength=STRENGTH * part.times,
        seed=part.seed,
        chirp=part.chirp,
    )
    made = time.perf_counter()
    found = learn(
        part.network,
        data,
        scale,
        batch=part.batch,
        seed=part.seed,
        device=device,
        checkpoint=checkpoint,
    )
    results = {**found, "band_power": bar(data, scale, part.seed), **_computed_by()}
    trained = max(time.perf_counter() - made, found["history"]["wall_s"][-1])
    return {
        "results": results,
        "data_s": round(made - clock, 1),
        "wall_s": round(made - clock + trained, 1),
    }


def _parameters(part: ImagePart, scale: ImageScale) -> dict[str, Any]:
    """Return what decides the results of a part, as its file has it; not what the other parts are."""
    content = {
        "part": asdict(part),
        "scale": {name: getattr(scale, name) for name in DECISIVE},
        "network": scale.networks[part.network],
        "learning_rate": scale.learning_rates.get(part.network),
        "strength": STRENGTH,
    }
    plain: dict[str, Any] = json.loads(json.dumps(content))
    return plain


def _there(part: ImagePart, parameters: Mapping[str, Any], folder: Path) -> dict[str, Any] | None:
    there = read_result(folder / f"{part.name}.json")
    return there if there is not None and there.get("parameters") == parameters else None


def run_study(
    parts: Sequence[ImagePart],
    scale: ImageScale,
    folder: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    device: str | None = None,
) -> int:
    """Run parts one after the other and return how many networks had to be trained.

    Parameters
    ----------
    parts : sequence of ImagePart
        What to do.
    scale : ImageScale
        How much of it.
    folder : Path
        Where results go.
    progress : callable
        Is told the parts done and their number.
    device : str, optional
        Where to compute.
    """
    ran = 0
    progress(0, len(parts))
    for done, part in enumerate(parts, 1):
        ran += run_part(part, scale, folder, device)
        progress(done, len(parts))
    return ran


def _computed_by() -> dict[str, Any]:
    """Return Keras's backend, and the versions of both."""
    import keras

    backend = str(keras.backend.backend())
    versions = {name: str(import_module(name).__version__) for name in ("keras", backend)}
    return {"backend": backend, "libraries": versions}


__all__ = ["EXPERIMENTS", "PROTOCOLS", "ImagePart", "parts_of", "run_part", "run_study"]
