"""Speed as ratios: every figure is a quotient of two times measured alternately in one run, on one thread.

The peers are no dependencies of the project. For ``benchmarks.engine`` put them beside it:

    pip install scikit-learn torch==2.13.0
"""

import os

# Before NumPy is imported, which reads them once.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
