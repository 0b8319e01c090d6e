"""Registers of pharmacies that the caller has, such as the FINESS directory."""
