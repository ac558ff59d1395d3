"""Pictures in, pictures out: tracking, rendering, marking and the step that joins them."""
