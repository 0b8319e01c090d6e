"""The portal's answer: reading it, and matching it with what was sent."""
