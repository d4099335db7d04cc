"""The answers about the inside of a run, as OpenAPI describes them."""

from pydantic import BaseModel, ConfigDict, Field

Numbers = list[float | None]
Matrix = list[Numbers]


class Place(BaseModel):
    """Where in its training the member was of which the answer is true."""

    epoch: int
    batch: int
    member: int


class Update(BaseModel):
    """What the run's next step would add, were this the gradient it saw."""

    W: Matrix
    b: Numbers | None


class Means(BaseModel):
    """Each unit's mean over all examples of the pass, listed or not."""

    A_prev: Numbers
    Z: Numbers
    A: Numbers
    D: Numbers | None
    dA: Numbers | None
    dZ: Numbers


class TracedLayer(BaseModel):
    """Z = W A_prev + b, A = f(Z), a column an example; dZ and dA per example, dW = dZ A_prev^T / m, db their mean.

    `dA` is null where a fused output makes it infinite, `b` and `db` without biases. `D` is the mask of dropout, where
    outputs are dropped: then A = f(Z) * D and dZ = dA * D * f'(Z).
    """

    activation: str
    A_prev: Matrix
    W: Matrix
    b: Numbers | None
    Z: Matrix
    A: Matrix
    D: Matrix | None
    dA: Matrix | None
    dZ: Matrix
    dW: Matrix
    db: Numbers | None
    dW_penalty: Matrix
    mean: Means
    update: Update


class After(BaseModel):
    """The same examples' loss were the update taken, and the change of it that the gradient predicts."""

    loss: float | None
    predicted_change: float | None


class Trace(Place):
    """A pass over `count` examples, of which `shown` are listed: `examples` are their places in the run's data.

    `inputs` are the raw ones, a row an example; `targets[output][example]`.
    """

    split: str
    index: int | None
    count: int
    shown: int
    examples: list[int]
    inputs: list[list[float]]
    targets: Matrix
    loss: float | None
    penalty: float | None
    learning_rate: float
    after: After
    layers: list[TracedLayer]


class CheckedLayer(BaseModel):
    """`errors` in the shape of [W, b]: 0 for what was skipped."""

    layer: int
    max_relative_error: float
    checked: int
    skipped: int
    errors: list[list[float]]


class GradientCheck(Place):
    """A relative error below `limit` everywhere is a right gradient; parameters at a kink are skipped."""

    max_relative_error: float
    limit: float
    checked: int
    skipped: int
    layers: list[CheckedLayer]


class Histogram(BaseModel):
    """`counts[i]` values from `edges[i]` to `edges[i + 1]`."""

    edges: Numbers
    counts: list[int]


class LayerHealth(BaseModel):
    """One layer over the whole training set; `dead` and `saturated` are units."""

    activation: str
    units: int
    gradient_norm: float | None
    weight_norm: float | None
    update_ratio: float | None
    dead: list[int]
    dead_fraction: float
    saturated: list[int]
    saturated_fraction: float
    histograms: dict[str, Histogram]


class Diagnostics(Place):
    layers: list[LayerHealth]


class LayerHistory(BaseModel):
    """One layer's figures, one of each for every epoch; `update_ratio` is null where the step taken is not known."""

    gradient_norm: Numbers
    weight_norm: Numbers
    update_ratio: Numbers
    dead_fraction: list[float]
    saturated_fraction: list[float]


class DiagnosticsHistory(Place):
    """The health of every layer at recorded epochs before the place where the run is."""

    epochs: list[int]
    layers: list[LayerHistory]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "epoch": 200,
                    "batch": 0,
                    "member": 0,
                    "epochs": [0, 100],
                    "layers": [
                        {
                            "gradient_norm": [0.021, 0.058],
                            "weight_norm": [1.87, 3.4],
                            "update_ratio": [0.00034, 0.00051],
                            "dead_fraction": [0.0, 0.0],
                            "saturated_fraction": [0.0, 0.25],
                        }
                    ],
                }
            ]
        }
    )


class Curve(BaseModel):
    """a = f(z) and f'(z) over z from -4 to 4."""

    z: list[float]
    a: list[float]
    derivative: list[float]


class LayerActivation(BaseModel):
    """A hidden layer's activation with its fixed and its learned parameters as they are now."""

    activation: str
    parameters: dict[str, float]
    curve: Curve


class Activations(Place):
    layers: list[LayerActivation]


class PathPoint(BaseModel):
    """Where the run was after an epoch, and its true training loss there."""

    epoch: int
    x: float
    y: float
    loss: float | None


class Landscape(Place):
    """`loss[y][x]`; directions "exact" are two weights by value, "pca" and "random" distances from the present ones."""

    directions: str
    x: list[float]
    y: list[float]
    loss: Matrix
    path: list[PathPoint]
    variance_explained: float | None
    gradient: Numbers


class RangeTest(BaseModel):
    """One value a step; the suggestions are null where the loss never falls."""

    learning_rates: list[float]
    losses: list[float]
    smoothed: list[float]
    steepest: float | None = Field(description="Where the smoothed loss falls fastest.")
    minimum_tenth: float | None = Field(description="A tenth of the rate at the smoothed loss's minimum.")
