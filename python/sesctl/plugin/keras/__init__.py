"""What detectors written with Keras share: their base, the training loop, and the model folder.

Only plugins that are Keras networks import this package. It imports Keras where it builds a network, and so
not where a model is scored with ONNX Runtime. Where the environment names no backend, the first installed of
JAX, TensorFlow and PyTorch is chosen.
"""

from sesctl.plugin.keras import backend  # isort: skip  # chosen before Keras is imported
from sesctl.plugin.keras.backgrounds import Backgrounds, smooth_target
from sesctl.plugin.keras.detector import KerasDetector
from sesctl.plugin.keras.device import devices
from sesctl.plugin.keras.embedding import Draws, Embedding
from sesctl.plugin.keras.graph import Graph, read_graph
from sesctl.plugin.keras.image_detector import ImageDetector
from sesctl.plugin.keras.image_lessons import ImageLessons, ImageTrainingParameters
from sesctl.plugin.keras.image_training import ImageTrainingResult, train_images
from sesctl.plugin.keras.input_map import InputMap
from sesctl.plugin.keras.loop import run_epochs, stepper_of, warned
from sesctl.plugin.keras.model_folder import write_model
from sesctl.plugin.keras.model_reading import read_model, read_weights
from sesctl.plugin.keras.network import NetworkDetector
from sesctl.plugin.keras.parameters import LoopParameters, TrainingParameters
from sesctl.plugin.keras.success import top1_success
from sesctl.plugin.keras.training import Block, Epoch, TrainingResult, train

__all__ = [
    "Backgrounds",
    "Block",
    "Draws",
    "Embedding",
    "Epoch",
    "Graph",
    "ImageDetector",
    "ImageLessons",
    "ImageTrainingParameters",
    "ImageTrainingResult",
    "InputMap",
    "KerasDetector",
    "LoopParameters",
    "NetworkDetector",
    "TrainingParameters",
    "TrainingResult",
    "backend",
    "devices",
    "read_graph",
    "read_model",
    "read_weights",
    "run_epochs",
    "smooth_target",
    "stepper_of",
    "top1_success",
    "train",
    "train_images",
    "warned",
    "write_model",
]
