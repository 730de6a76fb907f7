"""The pages: a module for each section. A function answers the route of the same name."""
