"""How true the fake is: recorded answers compared with its own, and with each other over time."""
