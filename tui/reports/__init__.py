"""Reports as values and as files: one `Report` of typed sheets, written as a table, csv, JSON, xlsx or Markdown."""
