"""What the escort's pages read."""
