"""The screens of figures, over a desk or a monitor: tables with charts, a period, and the rows behind each number."""
