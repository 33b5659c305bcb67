"""Accuracy benchmark of Earmark on real audio out of Debian packages."""
