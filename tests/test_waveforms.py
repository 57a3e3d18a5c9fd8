import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sesctl.errors import ParameterError, ShapeError, StationError
from sesctl.types import Dipole
from sesctl.waveforms import (
    SES,
    SHAPES,
    Boxcar,
    ExponentialEdges,
    HighFrequency,
    PulseTrain,
    RampedEdges,
    dipole_amplitudes,
    dipole_weights,
    draw_waveform,
    project_field,
    truth_rows,
)

DIPOLES = (
    Dipole(name="ns", azimuth_deg=0.0),
    Dipole(name="ew", azimuth_deg=90.0),
    Dipole(name="sn", azimuth_deg=180.0),
)


def test_a_boxcar_is_half_open():
    assert Boxcar(duration_s=60).sample([-1e-9, 0, 59.999, 60, 1e9]).tolist() == [0, 1, 1, 0, 0]


def test_ramped_edges_pass_their_middle_at_half_amplitude():
    shape = RampedEdges(duration_s=100, rise_s=20, fall_s=40)
    assert shape.sample([-1, 0, 10, 20, 60, 80, 100, 101]) == pytest.approx([0, 0, 0.5, 1, 1, 0.5, 0, 0])


def test_exponential_edges_charge_and_discharge_with_their_time_constants():
    shape = ExponentialEdges(duration_s=1000, rise_s=100, fall_s=50)
    assert shape.sample([100, 1000, 1050]) == pytest.approx([1 - np.exp(-1), 1, np.exp(-1)], rel=1e-4)
    assert shape.sample([-1e6, -1e-6, shape.extent_s, 1e9]).tolist() == [0, 0, 0, 0]


def test_pulses_of_a_train_have_their_own_intervals_and_heights():
    train = PulseTrain(starts_s=(0, 100), durations_s=(30, 50), heights=(0.5, 1))
    assert train.sample([-1, 0, 29, 30, 99, 100, 149, 150]).tolist() == [0, 0.5, 0.5, 0, 0, 1, 1, 0]
    assert train.intervals() == ((0, 30), (100, 150))
    assert train.duration_s == train.extent_s == 150


def test_a_high_frequency_disturbance_stays_in_its_band():
    shape = HighFrequency(duration_s=3600, shortest_period_s=40, longest_period_s=100, seed=3)
    times = np.arange(0, 3600, 5.0)
    power = np.abs(np.fft.rfft(shape.sample(times))) ** 2
    frequency = np.fft.rfftfreq(times.size, 5.0)
    inside = (frequency > 0.9 / 100) & (frequency < 1.1 / 40)
    assert power[inside].sum() > 0.99 * power.sum()


@settings(deadline=None, max_examples=60)
@given(shape=st.sampled_from(sorted(SHAPES)), duration=st.floats(200, 4000), seed=st.integers(0, 10_000))
def test_every_drawn_waveform_has_unit_amplitude_inside_its_extent_and_is_zero_outside(shape, duration, seed):
    waveform = draw_waveform(shape, duration, np.random.default_rng(seed))
    assert waveform.shape == shape
    assert waveform.duration_s == pytest.approx(duration)
    grid = np.linspace(0, duration, 4001)[:-1]
    if shape == "pulse_train":
        grid = np.append(grid, waveform.starts_s)
    peak = np.abs(waveform.sample(grid)).max()
    assert 0.9 < peak <= 1
    outside = np.array([-1e7, -0.1, waveform.extent_s, waveform.extent_s + 1e7])
    assert not waveform.sample(outside).any()
    assert waveform == draw_waveform(shape, duration, np.random.default_rng(seed))


def test_times_of_any_shape_and_order_give_the_same_values_as_one_by_one():
    waveform = HighFrequency(duration_s=600, seed=1)
    times = np.array([[500.0, 3.0], [-5.0, 77.0]])
    alone = [[float(waveform.sample(time)) for time in row] for row in times]
    assert waveform.sample(times).tolist() == alone


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Boxcar(duration_s=0), "duration_s is 0"),
        (lambda: Boxcar(duration_s=float("nan")), "duration_s is nan"),
        (
            lambda: RampedEdges(duration_s=10, rise_s=6, fall_s=5),
            "6 s and 5 s are longer",
        ),
        (lambda: PulseTrain(starts_s=(0, 10), durations_s=(20, 5)), "starts at 10 s, before .* ends at 20 s"),
        (lambda: PulseTrain(starts_s=(0,), durations_s=(20, 5)), "1 starts, 2 durations"),
        (lambda: PulseTrain(starts_s=(5,), durations_s=(20,)), "does not start at 0 s"),
        (lambda: PulseTrain(starts_s=(0,), durations_s=(20,), heights=(0.5,)), "largest of 1"),
        (lambda: HighFrequency(duration_s=100), "no band within 100 s"),
        (lambda: HighFrequency(duration_s=600, seed=-1), "seed is -1"),
        (lambda: draw_waveform("sine", 600, np.random.default_rng(0)), "'sine' is unknown"),
        (lambda: draw_waveform("high_frequency", 100, np.random.default_rng(0)), "shorter than 200 s"),
    ],
)
def test_an_impossible_waveform_is_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_the_strongest_dipole_shows_the_amplitude_and_its_sign():
    amplitudes = dipole_amplitudes(-12.0, 30.0, DIPOLES)
    assert amplitudes == pytest.approx([-12.0, -12.0 * np.tan(np.radians(30)), 12.0])
    assert dipole_amplitudes(-12.0, 120.0, DIPOLES)[1] == -12.0


@given(axis=st.floats(0, 180, exclude_max=True))
def test_an_axis_and_its_opposite_are_the_same(axis):
    azimuths = [10.0, 75.0, 140.0]
    assert dipole_weights(axis, azimuths) == pytest.approx(dipole_weights(axis + 180, azimuths), abs=1e-9)


def test_distortion_turns_the_field_before_it_is_projected():
    turn = [[0, -1], [1, 0]]  # north becomes east
    assert project_field([3.0, 0.0], [0, 90], turn) == pytest.approx([0, 3])
    field = np.arange(6.0).reshape(2, 3)
    assert project_field(field, [0, 90, 180]) == pytest.approx(np.stack([field[0], field[1], -field[0]]))


def test_what_cannot_be_projected_is_named():
    with pytest.raises(StationError, match="dipole x has no azimuth"):
        dipole_amplitudes(1.0, 0.0, [Dipole(name="x")])
    with pytest.raises(ParameterError, match=r"no dipole shows a field at azimuth 90"):
        dipole_weights(90.0, [0.0, 180.0])
    with pytest.raises(ShapeError, match=r"shape \(3,\)"):
        project_field([1, 2, 3], [0])
    with pytest.raises(ShapeError, match=r"\(3, 3\) is not \(2, 2\)"):
        project_field([1, 2], [0], np.eye(3))


def test_the_truth_has_one_row_a_pulse_under_one_activity():
    train = PulseTrain(starts_s=(0, 100), durations_s=(30, 50), heights=(0.5, 1))
    rows = truth_rows(train, station="HKB", onset=10, amplitude=-8.0, azimuth_deg=20.0, activity_id="a1")
    assert [(row.start, row.end, row.amplitude) for row in rows] == [
        (10, 10 + 30_000_000, -4.0),
        (10 + 100_000_000, 10 + 150_000_000, -8.0),
    ]
    assert {row.activity_id for row in rows} == {"a1"}
    assert rows[0].duration_s == 30


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end": 5}, "end 5 µs is not after its start 5"),
        ({"amplitude": 0.0}, "amplitude of 0.0"),
        ({"shape": "sine"}, "'sine' is unknown"),
        ({"azimuth_deg": 180.0}, r"180.0° is outside \[0, 180\)"),
    ],
)
def test_an_impossible_truth_is_refused(change, message):
    row = {"station": "HKB", "start": 5, "end": 9, "amplitude": 1.0, "shape": "boxcar", "activity_id": "a"}
    with pytest.raises(ParameterError, match=message):
        SES(**({**row, "azimuth_deg": 0.0} | change))
