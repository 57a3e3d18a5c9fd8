"""Recurrent layers as operations of ONNX, whose gates come in another order."""

from collections.abc import Sequence
from typing import Any

from sesctl.plugin.keras.graph import Attribute, Node
from sesctl.plugin.keras.graph_writer import UnknownLayerError, Value, Writer, weight

_SAMPLES_FIRST = [1, 0, 2]


def write_recurrent(writer: Writer, layers: Sequence[Any], x: Value, merge: str) -> Value:
    """Write a recurrent layer, or one and the same backwards that are merged, and return what they make.

    Parameters
    ----------
    writer : Writer
        Collects the operations.
    layers : sequence of keras.Layer
        One or two, LSTM or GRU.
    x : Value
        What they are given.
    merge : str
        How two are merged: ``ave``, ``sum`` or ``concat``; empty for one.

    Raises
    ------
    UnknownLayerError
        If one has a setting that is not translated.
    """
    kind = type(layers[0]).__name__
    for layer in layers:
        _check_recurrent(layer, kind)
    if merge not in {"", "ave", "sum", "concat"} or layers[-1].go_backwards != bool(merge):
        msg = f"{layers[0].name} goes backwards, or is merged by {merge}"
        raise UnknownLayerError(msg)
    groups = zip(*(_weights(writer, layer.cell, kind) for layer in layers), strict=True)
    weights = [group[0] if len(group) == 1 else writer.add("Concat", *group, axis=0) for group in groups]
    settings: dict[str, Attribute] = {"hidden_size": layers[0].units}
    settings["direction"] = "bidirectional" if merge else "forward"
    if kind == "GRU":
        settings["linear_before_reset"] = 1
    x = writer.add("Transpose", x, perm=_SAMPLES_FIRST)
    steps, last = (Value(f"{layers[0].name}_{what}_{writer.count}") for what in ("steps", "last"))
    inputs = [each.name for each in (x, *weights)]
    writer.nodes.append(Node(kind, inputs, [steps.name, last.name], settings))
    # Steps come as (step, direction, row, unit), the last one as (direction, row, unit).
    axis = int(layers[0].return_sequences)
    made = steps if axis else last
    if not merge:
        made = writer.add("Squeeze", made, writer.constant(axis))
    elif merge == "concat":
        made = writer.add("Transpose", made, perm=[2, 0, 1, 3] if axis else [1, 0, 2])
        return writer.add("Reshape", made, writer.constant(*[0] * (axis + 1), 2 * layers[0].units))
    else:
        reduction = "ReduceMean" if merge == "ave" else "ReduceSum"
        made = writer.add(reduction, made, writer.constant(axis), keepdims=0)
    return writer.add("Transpose", made, perm=_SAMPLES_FIRST) if axis else made


def _weights(writer: Writer, cell: Any, kind: str) -> tuple[Value, Value, Value]:
    """Return kernel, recurrent kernel and bias of a direction, gates in ONNX's order."""
    first = writer.constant(0)
    kernels = []
    for each in (cell.kernel, cell.recurrent_kernel):
        turned = _gates(writer, writer.add("Transpose", weight(each), perm=[1, 0]), kind)
        kernels.append(writer.add("Unsqueeze", turned, first))
    if kind == "GRU":  # input and recurrent bias are the two rows
        bias = writer.add("Reshape", weight(cell.bias), writer.constant(1, -1))
    else:
        bias = _gates(writer, weight(cell.bias), kind)
        none = writer.add("Sub", bias, bias)  # the recurrent bias, which Keras has not
        bias = writer.add("Unsqueeze", writer.add("Concat", bias, none, axis=0), first)
    return kernels[0], kernels[1], bias


def _gates(writer: Writer, stacked: Value, kind: str) -> Value:
    """Return the gates along the first axis in ONNX's order; Keras has i, f, c, o and ONNX i, o, f, c."""
    if kind == "GRU":
        return stacked
    number = writer.number()
    i, f, c, o = (Value(f"gate_{number}_{gate}") for gate in "ifco")
    writer.nodes.append(Node("Split", [stacked.name], [x.name for x in (i, f, c, o)], {"num_outputs": 4}))
    return writer.add("Concat", i, o, f, c, axis=0)


def _check_recurrent(layer: Any, kind: str) -> None:
    functions = (layer.activation.__name__, layer.recurrent_activation.__name__)
    usual = functions == ("tanh", "sigmoid") and layer.use_bias and not layer.stateful
    if type(layer).__name__ != kind or kind not in {"LSTM", "GRU"} or not usual:
        msg = f"{layer.name} has other cells or activations than LSTM and GRU have at first"
        raise UnknownLayerError(msg)
    if layer.return_state or (kind == "GRU" and not layer.reset_after):
        msg = f"{layer.name} returns its state, or resets before"
        raise UnknownLayerError(msg)
