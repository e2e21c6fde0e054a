"""What the monitor shows, as lines: values in, styled text out."""
