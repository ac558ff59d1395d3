"""How good the picture is: what is measured stands in docs/metrics.md."""
