"""Prepare, check and follow Ségur numérique funding requests (PHA-LGO, wave 1)."""
