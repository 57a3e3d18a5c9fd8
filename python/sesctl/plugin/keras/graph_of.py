"""Write a Keras network as a graph of ONNX operations (see `sesctl.plugin.keras.graph`)."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

from sesctl.plugin.keras.graph import GIVEN, RETURNED, Attribute, Graph
from sesctl.plugin.keras.graph_recurrent import write_recurrent
from sesctl.plugin.keras.graph_writer import UnknownLayerError, Value, Writer, weight

_CHANNELS_FIRST = [0, 2, 1]
_PLANES_FIRST, _PLANES_LAST = [0, 3, 1, 2], [0, 2, 3, 1]
_FLOAT = 1
"""ONNX's number for float32."""
_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "gelu": "Gelu"}
_PAIRWISE = {
    "Add": "Add",
    "Multiply": "Mul",
    "Subtract": "Sub",
    "Divide": "Div",
    "TrueDivide": "Div",
    "Maximum": "Max",
}
_REDUCTIONS = {"Any": "ReduceMax", "Max": "ReduceMax", "Mean": "ReduceMean", "Sum": "ReduceSum"}


def graph_of(network: keras.Model) -> Graph:
    """Return a network as a graph.

    Parameters
    ----------
    network : keras.Model
        A functional network of layers that are known here: Dense, Conv1D, Conv1DTranspose, LSTM, GRU,
        Conv2D, Bidirectional, LayerNormalization, Activation, Reshape, UpSampling1D, GlobalAveragePooling1D,
        Concatenate, Dropout, sums and products, and the same among `keras.ops`; of those also comparisons
        with a number, which give 0 and 1, and the choice of one channel.

    Raises
    ------
    UnknownLayerError
        If it has another one.
    """
    if not isinstance(network, keras.src.models.Functional):
        msg = f"{network.name} is no functional network"
        raise UnknownLayerError(msg)
    writer = _Layers()
    returned = network._run_through_graph(Value(GIVEN), operation_fn=writer.translator)
    last = writer.nodes[-1] if writer.nodes else None
    if last is None or not isinstance(returned, Value) or last.outputs != [returned.name]:
        msg = f"{network.name} returns something other than its last operation makes"
        raise UnknownLayerError(msg)
    last.outputs[:] = [RETURNED]
    shapes = {weight.path: [int(size) for size in weight.shape] for weight in network.weights}
    return Graph(writer.nodes, writer.constants, shapes)


class _Layers(Writer):
    """Writes layers; `translator` stands in for one while Keras walks through the network."""

    def __init__(self) -> None:
        super().__init__()
        self._told: set[str] = set()
        """Names of what comparisons make: 0 and 1."""

    def translator(self, layer: Any) -> Callable[..., Value]:
        kind = type(layer).__name__
        known = type(layer).__module__.startswith("keras.")
        write = getattr(self, f"_write_{kind.lower()}", None) if known else None
        if write is None and known and kind in _PAIRWISE | _REDUCTIONS:
            write = self._pairwise if kind in _PAIRWISE else self._reduced
        if write is None:
            msg = f"layer {layer.name} is a {kind}"
            raise UnknownLayerError(msg)
        return lambda *given, **settings: write(layer, *given, **settings)

    def _activated(self, x: Value, activation: Any) -> Value:
        name = getattr(activation, "__name__", "?")
        if name == "linear":
            return x
        if name not in _ACTIVATIONS:
            msg = f"activation {name}"
            raise UnknownLayerError(msg)
        return self.add(_ACTIVATIONS[name], x)

    def _write_dense(self, layer: Any, x: Value, **_: Any) -> Value:
        x = self.add("MatMul", x, weight(layer.kernel))
        if layer.use_bias:
            x = self.add("Add", x, weight(layer.bias))
        return self._activated(x, layer.activation)

    def _write_conv1d(self, layer: Any, x: Value, **_: Any) -> Value:
        return self._convolved(layer, x, [2, 1, 0], _CHANNELS_FIRST, _CHANNELS_FIRST)

    def _write_conv2d(self, layer: Any, x: Value, **_: Any) -> Value:
        return self._convolved(layer, x, [3, 2, 0, 1], _PLANES_FIRST, _PLANES_LAST)

    def _convolved(self, layer: Any, x: Value, turned: list[int], first: list[int], last: list[int]) -> Value:
        kernel = self.add("Transpose", weight(layer.kernel), perm=turned)
        bias = [weight(layer.bias)] if layer.use_bias else []
        settings: dict[str, Attribute] = {
            "strides": list(layer.strides),
            "dilations": list(layer.dilation_rate),
            "group": layer.groups,
            **_padding(layer),
        }
        x = self.add("Transpose", x, perm=first)
        x = self.add("Conv", x, kernel, *bias, **settings)
        return self._activated(self.add("Transpose", x, perm=last), layer.activation)

    def _write_upsampling1d(self, layer: Any, x: Value, **_: Any) -> Value:
        channels = layer.input.shape[-1]
        x = self.add("Unsqueeze", x, self.constant(2))
        x = self.add("Concat", *[x] * layer.size, axis=2)
        return self.add("Reshape", x, self.constant(0, -1, channels))

    def _write_conv1dtranspose(self, layer: Any, x: Value, **_: Any) -> Value:
        (width,), (stride,) = layer.kernel_size, layer.strides
        if layer.padding != "same" or layer.output_padding is not None or layer.dilation_rate != (1,):
            msg = f"padding or dilation of {layer.name}"
            raise UnknownLayerError(msg)
        beyond = max(width - stride, 0)
        kernel = self.add("Transpose", weight(layer.kernel), perm=[2, 1, 0])
        bias = [weight(layer.bias)] if layer.use_bias else []
        x = self.add("Transpose", x, perm=_CHANNELS_FIRST)
        x = self.add(
            "ConvTranspose",
            x,
            kernel,
            *bias,
            strides=[stride],
            pads=[beyond // 2, beyond - beyond // 2],
            output_padding=[max(stride - width, 0)],
        )
        return self._activated(self.add("Transpose", x, perm=_CHANNELS_FIRST), layer.activation)

    def _write_layernormalization(self, layer: Any, x: Value, **_: Any) -> Value:
        if list(layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]) not in (
            [-1],
            [len(layer.input.shape) - 1],
        ):
            msg = f"axis {layer.axis} of {layer.name}"
            raise UnknownLayerError(msg)
        if not (layer.scale and layer.center):
            msg = f"{layer.name} without gain or offset"
            raise UnknownLayerError(msg)
        gain, offset = weight(layer.gamma), weight(layer.beta)
        return self.add("LayerNormalization", x, gain, offset, axis=-1, epsilon=float(layer.epsilon))

    def _write_lstm(self, layer: Any, x: Value, **_: Any) -> Value:
        return write_recurrent(self, [layer], x, "")

    _write_gru = _write_lstm

    def _write_bidirectional(self, layer: Any, x: Value, **_: Any) -> Value:
        return write_recurrent(self, [layer.forward_layer, layer.backward_layer], x, str(layer.merge_mode))

    def _write_reshape(self, layer: Any, x: Value, *_: Any, **__: Any) -> Value:
        shape = getattr(layer, "target_shape", None)
        if shape is None:
            shape = layer.newshape[1:] if layer.newshape[0] in (-1, None) else (-2,)
        if any(size is None or size < -1 for size in shape):
            msg = f"shape of {layer.name}"
            raise UnknownLayerError(msg)
        return self.add("Reshape", x, self.constant(0, *shape))

    def _write_activation(self, layer: Any, x: Value, **_: Any) -> Value:
        return self._activated(x, layer.activation)

    def _write_dropout(self, layer: Any, x: Value, **_: Any) -> Value:
        return x

    def _write_sigmoid(self, layer: Any, x: Value) -> Value:
        return self.add("Sigmoid", x)

    def _write_relu(self, layer: Any, x: Value) -> Value:
        return self.add("Relu", x)

    def _write_tanh(self, layer: Any, x: Value) -> Value:
        return self.add("Tanh", x)

    def _write_expanddims(self, layer: Any, x: Value) -> Value:
        return self.add("Unsqueeze", x, self.constant(layer.axis))

    def _write_getitem(self, layer: Any, x: Value, key: Any) -> Value:
        if isinstance(key, tuple) and len(key) == 2 and key[0] is Ellipsis and isinstance(key[1], int):
            chosen = self.add("Gather", x, self.constant(key[1]), axis=-1)
            return self.add("Squeeze", chosen, self.constant(-1))
        new = [number for number, each in enumerate(key) if each is None] if isinstance(key, tuple) else []
        if not new or any(each not in (None, slice(None)) for each in key):
            msg = f"what {layer.name} chooses"
            raise UnknownLayerError(msg)
        return self.add("Unsqueeze", x, self.constant(*new))

    def _write_greater(self, layer: Any, x: Value, than: Any) -> Value:
        compared = self.add("Greater", self._number(layer, x), self._number(layer, than))
        told = self.add("Cast", compared, to=_FLOAT)
        self._told.add(told.name)
        return told

    def _write_any(self, layer: Any, x: Value) -> Value:
        if x.name not in self._told:
            msg = f"{layer.name} takes something other than a comparison"
            raise UnknownLayerError(msg)
        return self._reduced(layer, x)

    def _write_cast(self, layer: Any, x: Value) -> Value:
        if layer.dtype != "float32":
            msg = f"numbers of type {layer.dtype}"
            raise UnknownLayerError(msg)
        return x

    def _write_transpose(self, layer: Any, x: Value) -> Value:
        return self.add("Transpose", x, perm=list(layer.axes))

    def _write_globalaveragepooling1d(self, layer: Any, x: Value, **_: Any) -> Value:
        return self.add("ReduceMean", x, self.constant(1), keepdims=int(layer.keepdims))

    def _write_concatenate(self, layer: Any, parts: Sequence[Value], **_: Any) -> Value:
        return self.add("Concat", *parts, axis=layer.axis)

    def _reduced(self, layer: Any, x: Value, **_: Any) -> Value:
        axes = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
        name = _REDUCTIONS[type(layer).__name__]
        return self.add(name, x, self.constant(*axes), keepdims=int(layer.keepdims))

    def _pairwise(self, layer: Any, *given: Any, **_: Any) -> Value:
        parts = [self._number(layer, part) for part in (given[0] if len(given) == 1 else given)]
        made = parts[0]
        for part in parts[1:]:
            made = self.add(_PAIRWISE[type(layer).__name__], made, part)
        return Value(made.name)

    def _number(self, layer: Any, part: Any) -> Value:
        """Return a value, also where it is a whole number."""
        if isinstance(part, Value):
            return part
        if not isinstance(part, int | float) or not float(part).is_integer():
            msg = f"{layer.name} takes {part!r}"
            raise UnknownLayerError(msg)
        return self.add("Cast", self.constant(int(part)), to=_FLOAT)


def _padding(layer: Any) -> dict[str, Attribute]:
    """Return how a convolution's ends are padded; ONNX Runtime wants numbers where steps are left out."""
    if layer.padding == "same" and max(layer.dilation_rate) > 1 == max(layer.strides):
        pairs = zip(layer.kernel_size, layer.dilation_rate, strict=True)
        beyond = [(size - 1) * step for size, step in pairs]
        return {"pads": [each // 2 for each in beyond] + [each - each // 2 for each in beyond]}
    padding = {"same": "SAME_UPPER", "valid": "VALID"}.get(layer.padding)
    if padding is None:
        msg = f"padding {layer.padding} of {layer.name}"
        raise UnknownLayerError(msg)
    return {"auto_pad": padding}
