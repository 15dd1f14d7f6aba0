"""Goods sent from one place to another: the list, a new one, one of them."""
