"""What can go wrong on purpose. The seam is described in `fake_hubspot.exchange`."""
