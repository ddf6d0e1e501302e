"""What goes wrong in the simulation: each incident is a change of a day's plan, with its own ground truth."""
