"""Write a Keras network as a graph of ONNX operations (see `sesctl.plugin.keras.graph`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from sesctl.plugin.keras.graph import GIVEN, RETURNED, WEIGHT, Attribute, Graph, Node

_SAMPLES_FIRST, _CHANNELS_FIRST = [1, 0, 2], [0, 2, 1]
_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "gelu": "Gelu"}
_PAIRWISE = {"Add": "Add", "Multiply": "Mul", "Subtract": "Sub", "Divide": "Div", "TrueDivide": "Div"}
_REDUCTIONS = {"Max": "ReduceMax", "Mean": "ReduceMean", "Sum": "ReduceSum"}


class UnknownLayerError(Exception):
    """A network has a layer, or a setting of one, that is not translated."""


@dataclass(frozen=True)
class Value:
    """What an operation makes, by its name."""

    name: str


def graph_of(network: keras.Model) -> Graph:
    """Return a network as a graph.

    Parameters
    ----------
    network : keras.Model
        A functional network of layers that are known here: Dense, Conv1D, Conv1DTranspose, LSTM, GRU,
        Bidirectional, LayerNormalization, Activation, Reshape, GlobalAveragePooling1D, Concatenate, Dropout,
        sums and products, and the same among `keras.ops`.

    Raises
    ------
    UnknownLayerError
        If it has another one.
    """
    if not isinstance(network, keras.src.models.Functional):
        msg = f"{network.name} is no functional network"
        raise UnknownLayerError(msg)
    writer = _Writer()
    returned = network._run_through_graph(Value(GIVEN), operation_fn=writer.translator)
    last = writer.nodes[-1] if writer.nodes else None
    if last is None or not isinstance(returned, Value) or last.outputs != [returned.name]:
        msg = f"{network.name} returns something other than its last operation makes"
        raise UnknownLayerError(msg)
    last.outputs[:] = [RETURNED]
    shapes = {weight.path: [int(size) for size in weight.shape] for weight in network.weights}
    return Graph(writer.nodes, writer.constants, shapes)


class _Writer:
    """Collects operations; `translator` stands in for a layer while Keras walks through the network."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, list[int]] = {}
        self._count = 0

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

    def add(self, operator: str, *inputs: Value, **attributes: Attribute) -> Value:
        self._count += 1
        made = f"{operator.lower()}_{self._count}"
        self.nodes.append(Node(operator, [each.name for each in inputs], [made], attributes))
        return Value(made)

    def constant(self, *numbers: int) -> Value:
        name = "constant" + "".join(f"_{number}" for number in numbers)
        self.constants[name] = list(numbers)
        return Value(name)

    def _activated(self, x: Value, activation: Any) -> Value:
        name = getattr(activation, "__name__", "?")
        if name == "linear":
            return x
        if name not in _ACTIVATIONS:
            msg = f"activation {name}"
            raise UnknownLayerError(msg)
        return self.add(_ACTIVATIONS[name], x)

    def _write_dense(self, layer: Any, x: Value, **_: Any) -> Value:
        x = self.add("MatMul", x, _weight(layer.kernel))
        if layer.use_bias:
            x = self.add("Add", x, _weight(layer.bias))
        return self._activated(x, layer.activation)

    def _write_conv1d(self, layer: Any, x: Value, **_: Any) -> Value:
        padding = {"same": "SAME_UPPER", "valid": "VALID"}.get(layer.padding)
        if padding is None:
            msg = f"padding {layer.padding} of {layer.name}"
            raise UnknownLayerError(msg)
        kernel = self.add("Transpose", _weight(layer.kernel), perm=[2, 1, 0])
        bias = [_weight(layer.bias)] if layer.use_bias else []
        x = self.add("Transpose", x, perm=_CHANNELS_FIRST)
        x = self.add(
            "Conv",
            x,
            kernel,
            *bias,
            auto_pad=padding,
            strides=list(layer.strides),
            dilations=list(layer.dilation_rate),
            group=layer.groups,
        )
        return self._activated(self.add("Transpose", x, perm=_CHANNELS_FIRST), layer.activation)

    def _write_conv1dtranspose(self, layer: Any, x: Value, **_: Any) -> Value:
        (width,), (stride,) = layer.kernel_size, layer.strides
        if layer.padding != "same" or layer.output_padding is not None or layer.dilation_rate != (1,):
            msg = f"padding or dilation of {layer.name}"
            raise UnknownLayerError(msg)
        beyond = max(width - stride, 0)
        kernel = self.add("Transpose", _weight(layer.kernel), perm=[2, 1, 0])
        bias = [_weight(layer.bias)] if layer.use_bias else []
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
        gain, offset = _weight(layer.gamma), _weight(layer.beta)
        return self.add("LayerNormalization", x, gain, offset, axis=-1, epsilon=float(layer.epsilon))

    def _write_lstm(self, layer: Any, x: Value, **_: Any) -> Value:
        return self._recurrent([layer], x, "")

    _write_gru = _write_lstm

    def _write_bidirectional(self, layer: Any, x: Value, **_: Any) -> Value:
        return self._recurrent([layer.forward_layer, layer.backward_layer], x, str(layer.merge_mode))

    def _recurrent(self, layers: Sequence[Any], x: Value, merge: str) -> Value:
        kind = type(layers[0]).__name__
        for layer in layers:
            _check_recurrent(layer, kind)
        if merge not in {"", "ave", "sum", "concat"} or layers[-1].go_backwards != bool(merge):
            msg = f"{layers[0].name} goes backwards, or is merged by {merge}"
            raise UnknownLayerError(msg)
        groups = zip(*(self._recurrent_weights(layer.cell, kind) for layer in layers), strict=True)
        weights = [group[0] if len(group) == 1 else self.add("Concat", *group, axis=0) for group in groups]
        settings: dict[str, Attribute] = {"hidden_size": layers[0].units}
        settings["direction"] = "bidirectional" if merge else "forward"
        if kind == "GRU":
            settings["linear_before_reset"] = 1
        x = self.add("Transpose", x, perm=_SAMPLES_FIRST)
        steps, last = (Value(f"{layers[0].name}_{what}_{self._count}") for what in ("steps", "last"))
        inputs = [each.name for each in (x, *weights)]
        self.nodes.append(Node(kind, inputs, [steps.name, last.name], settings))
        # Steps come as (step, direction, row, unit), the last one as (direction, row, unit).
        axis = int(layers[0].return_sequences)
        made = steps if axis else last
        if not merge:
            made = self.add("Squeeze", made, self.constant(axis))
        elif merge == "concat":
            made = self.add("Transpose", made, perm=[2, 0, 1, 3] if axis else [1, 0, 2])
            return self.add("Reshape", made, self.constant(*[0] * (axis + 1), 2 * layers[0].units))
        else:
            reduction = "ReduceMean" if merge == "ave" else "ReduceSum"
            made = self.add(reduction, made, self.constant(axis), keepdims=0)
        return self.add("Transpose", made, perm=_SAMPLES_FIRST) if axis else made

    def _recurrent_weights(self, cell: Any, kind: str) -> tuple[Value, Value, Value]:
        """Return kernel, recurrent kernel and bias of a direction, gates in ONNX's order."""
        first = self.constant(0)
        kernels = []
        for weight in (cell.kernel, cell.recurrent_kernel):
            turned = self._gates(self.add("Transpose", _weight(weight), perm=[1, 0]), kind)
            kernels.append(self.add("Unsqueeze", turned, first))
        if kind == "GRU":  # input and recurrent bias are the two rows
            bias = self.add("Reshape", _weight(cell.bias), self.constant(1, -1))
        else:
            bias = self._gates(_weight(cell.bias), kind)
            none = self.add("Sub", bias, bias)  # the recurrent bias, which Keras has not
            bias = self.add("Unsqueeze", self.add("Concat", bias, none, axis=0), first)
        return kernels[0], kernels[1], bias

    def _gates(self, stacked: Value, kind: str) -> Value:
        """Return the gates along the first axis in ONNX's order; Keras has i, f, c, o and ONNX i, o, f, c."""
        if kind == "GRU":
            return stacked
        self._count += 1
        i, f, c, o = (Value(f"gate_{self._count}_{gate}") for gate in "ifco")
        self.nodes.append(Node("Split", [stacked.name], [x.name for x in (i, f, c, o)], {"num_outputs": 4}))
        return self.add("Concat", i, o, f, c, axis=0)

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
        parts = given[0] if len(given) == 1 else given
        if not all(isinstance(part, Value) for part in parts):
            msg = f"{layer.name} takes a number"
            raise UnknownLayerError(msg)
        made = parts[0]
        for part in parts[1:]:
            made = self.add(_PAIRWISE[type(layer).__name__], made, part)
        return Value(made.name)


def _weight(variable: Any) -> Value:
    return Value(WEIGHT + variable.path)


def _check_recurrent(layer: Any, kind: str) -> None:
    functions = (layer.activation.__name__, layer.recurrent_activation.__name__)
    usual = functions == ("tanh", "sigmoid") and layer.use_bias and not layer.stateful
    if type(layer).__name__ != kind or kind not in {"LSTM", "GRU"} or not usual:
        msg = f"{layer.name} has other cells or activations than LSTM and GRU have at first"
        raise UnknownLayerError(msg)
    if layer.return_state or (kind == "GRU" and not layer.reset_after):
        msg = f"{layer.name} returns its state, or resets before"
        raise UnknownLayerError(msg)
