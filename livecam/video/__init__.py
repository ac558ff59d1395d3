"""Process pictures.

The rooms are tracking, rendering, and the pipeline that joins and marks.
"""
