"""Text ⇄ raw tree ⇄ model."""
