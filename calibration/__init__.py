"""What is learned once on this machine and person, and written down."""

import livecam  # noqa: F401  # switches the telemetry of ONNX Runtime off before anything here imports it
