"""Reference servers that the product is measured against: each is what one would write without our design."""
