"""What the control API of every server with faults and a journal offers. Each server makes routes of it."""
