import pytest

from codec.errors import InputError
from codec.training.options import TrainingOptions


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 0}, "--epochs from 1"),
        ({"batch_size": 0}, "--batch-size"),
        ({"seed": -1}, "--seed"),
        ({"train_size": 100}, "multiple of 8"),
        ({"train_size": 8}, "--train-size from 16"),
        ({"train_size": -8}, "--train-size from 16"),
        ({"learning_rate": 0.0}, "learning rate"),
        ({"learning_rate": float("nan")}, "learning rate"),
        ({"max_seconds": 0.0}, "--max-seconds"),
        ({"min_delta": -1.0}, "improvement"),
    ],
)
def test_values_out_of_range_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        TrainingOptions(**changes)


def test_few_samples_get_more_epochs() -> None:
    few, many = TrainingOptions().num_epochs(5), TrainingOptions().num_epochs(100_000)
    assert few > many >= 1
    assert TrainingOptions(epochs=3).num_epochs(5) == TrainingOptions(epochs=3).num_epochs(5000) == 3
