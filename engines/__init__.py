"""Networks and everything that runs them."""

import livecam  # noqa: F401  # switches the telemetry of ONNX Runtime off before anything here imports it
