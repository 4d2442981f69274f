"""What X-ray sees, and that nothing else sees X-ray."""
