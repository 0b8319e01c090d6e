"""Registers of pharmacies supplied by the caller, such as the FINESS directory."""
