"""Twelve short lessons in the order of the slides, a word list, and cards about what is not in them."""
