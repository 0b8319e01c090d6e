"""The waves: one folder each, which alone names balises; everything else is written for any of them."""
