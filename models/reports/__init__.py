"""Reads for reports: one module for each family of figures, values in, frozen values out, nothing is ever written."""
