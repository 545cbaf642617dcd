"""Where PySpark looks for the Python classes of this Java package's stages; the package ``lockstep`` has them."""

import sys

import lockstep.ml

sys.modules[__name__] = lockstep.ml
